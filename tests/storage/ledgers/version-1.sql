BEGIN TRANSACTION;
CREATE TABLE conversations (
	conversation_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	asked_time VARCHAR(32) NOT NULL,
	PRIMARY KEY (conversation_id)
);
INSERT INTO "conversations" VALUES('22222222-2222-4222-8222-222222222222','2026-01-31','2026-02-01T06:00:00.000000+00:00');
CREATE TABLE events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	event_id TEXT NOT NULL,
	event_time VARCHAR(32) NOT NULL,
	action VARCHAR(40) NOT NULL,
	object_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	outcome VARCHAR(20) NOT NULL,
	reason TEXT NOT NULL,
	size_bytes INTEGER,
	sha256 VARCHAR(64),
	UNIQUE (event_id)
);
INSERT INTO "events" VALUES(1,'11111111-1111-4111-8111-111111111111/1/recording.discovered','2026-02-01T06:00:00.000000+00:00','recording.discovered','11111111-1111-4111-8111-111111111111','2026-01-31','discovered','',NULL,NULL);
INSERT INTO "events" VALUES(2,'11111111-1111-4111-8111-111111111111/2/recording.exported','2026-02-01T06:00:00.000000+00:00','recording.exported','11111111-1111-4111-8111-111111111111','2026-01-31','exported','',3,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
CREATE TABLE facts (
	name VARCHAR(40) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('schema_version','1');
CREATE TABLE files (
	recording_id VARCHAR(36) NOT NULL,
	file_number INTEGER NOT NULL,
	path TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	container VARCHAR(10) NOT NULL,
	content_type TEXT NOT NULL,
	is_resumed BOOLEAN NOT NULL,
	download_ms INTEGER NOT NULL,
	exported_time VARCHAR(32) NOT NULL,
	PRIMARY KEY (recording_id, file_number),
	UNIQUE (path)
);
INSERT INTO "files" VALUES('11111111-1111-4111-8111-111111111111',1,'audio/date=2026-01-31/22222222-2222-4222-8222-222222222222/11111111-1111-4111-8111-111111111111.wav',3,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','wav','audio/wav',0,1,'2026-02-01T06:00:00.000000+00:00');
CREATE TABLE recordings (
	recording_id VARCHAR(36) NOT NULL,
	conversation_id VARCHAR(36) NOT NULL,
	communication_id VARCHAR(36),
	day VARCHAR(10) NOT NULL,
	outcome VARCHAR(20) NOT NULL,
	reason TEXT NOT NULL,
	retry_time VARCHAR(32),
	attempt INTEGER NOT NULL,
	"row" TEXT NOT NULL,
	PRIMARY KEY (recording_id)
);
INSERT INTO "recordings" VALUES('11111111-1111-4111-8111-111111111111','22222222-2222-4222-8222-222222222222','33333333-3333-4333-8333-333333333333','2026-01-31','exported','',NULL,2,'{"recording_id": "11111111-1111-4111-8111-111111111111", "conversation_id": "22222222-2222-4222-8222-222222222222", "communication_id": "33333333-3333-4333-8333-333333333333", "conversation_start_time": "2026-01-31T12:00:00.500000+00:00", "media": "audio", "file_state": "AVAILABLE"}');
CREATE TABLE transcripts (
	communication_id VARCHAR(36) NOT NULL,
	conversation_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	state VARCHAR(20) NOT NULL,
	asked_time VARCHAR(32) NOT NULL,
	attempt INTEGER NOT NULL,
	PRIMARY KEY (communication_id)
);
INSERT INTO "transcripts" VALUES('33333333-3333-4333-8333-333333333333','22222222-2222-4222-8222-222222222222','2026-01-31','fetched','2026-02-01T06:00:00.000000+00:00',1);
CREATE INDEX ix_conversations_day ON conversations (day);
CREATE INDEX ix_recordings_day ON recordings (day);
CREATE INDEX ix_transcripts_day ON transcripts (day);
CREATE INDEX events_by_object ON events (object_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',2);
COMMIT;
