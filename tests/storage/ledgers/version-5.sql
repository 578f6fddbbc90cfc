BEGIN TRANSACTION;
CREATE TABLE conversations (
	conversation_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	asked_time VARCHAR(32) NOT NULL,
	batch_id VARCHAR(36),
	end_time VARCHAR(32),
	unlisted TEXT NOT NULL,
	stretches TEXT NOT NULL,
	PRIMARY KEY (conversation_id)
);
INSERT INTO "conversations" VALUES('22222222-2222-4222-8222-222222222222','2026-01-31','2026-02-01T06:00:00.000000+00:00',NULL,NULL,'','');
CREATE TABLE days (
	day VARCHAR(10) NOT NULL,
	indexed_time VARCHAR(32) NOT NULL,
	is_settled BOOLEAN NOT NULL,
	reasons TEXT NOT NULL,
	conversation_count INTEGER NOT NULL,
	open_count INTEGER NOT NULL,
	planned_recordings INTEGER,
	planned_calls INTEGER,
	planned_bytes INTEGER,
	spent_calls INTEGER NOT NULL,
	PRIMARY KEY (day)
);
CREATE TABLE erasures (
	conversation_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	reason TEXT NOT NULL,
	erased_by TEXT NOT NULL,
	erased_time VARCHAR(32) NOT NULL,
	done_time VARCHAR(32),
	PRIMARY KEY (conversation_id)
);
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
	sha256 VARCHAR(64), conversation_id VARCHAR(36), run_id VARCHAR(32) NOT NULL DEFAULT '',
	UNIQUE (event_id)
);
INSERT INTO "events" VALUES(1,'11111111-1111-4111-8111-111111111111/1/recording.discovered','2026-02-01T06:00:00.000000+00:00','recording.discovered','11111111-1111-4111-8111-111111111111','2026-01-31','discovered','',NULL,NULL,NULL,'');
INSERT INTO "events" VALUES(2,'11111111-1111-4111-8111-111111111111/2/recording.exported','2026-02-01T06:00:00.000000+00:00','recording.exported','11111111-1111-4111-8111-111111111111','2026-01-31','exported','',3,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',NULL,'');
CREATE TABLE facts (
	name VARCHAR(40) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('schema_version','5');
CREATE TABLE files (
	recording_id VARCHAR(36) NOT NULL,
	file_number INTEGER NOT NULL,
	path TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	container VARCHAR(10) NOT NULL,
	content_type TEXT NOT NULL,
	codec VARCHAR(20),
	channels INTEGER,
	sample_rate_hz INTEGER,
	duration_ms INTEGER,
	is_silent BOOLEAN,
	is_mislabelled BOOLEAN,
	is_resumed BOOLEAN NOT NULL,
	download_ms INTEGER NOT NULL,
	exported_time VARCHAR(32) NOT NULL,
	PRIMARY KEY (recording_id, file_number),
	UNIQUE (path)
);
INSERT INTO "files" VALUES('11111111-1111-4111-8111-111111111111',1,'audio/date=2026-01-31/22222222-2222-4222-8222-222222222222/11111111-1111-4111-8111-111111111111.wav',3,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','wav','audio/wav',NULL,NULL,NULL,NULL,NULL,NULL,0,1,'2026-02-01T06:00:00.000000+00:00');
CREATE TABLE gaps (
	id VARCHAR(36) NOT NULL,
	conversation_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	reason TEXT NOT NULL,
	next_step TEXT NOT NULL,
	is_failing BOOLEAN NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE holds (
	hold_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	conversation_id VARCHAR(36) NOT NULL,
	first_day VARCHAR(10) NOT NULL,
	last_day VARCHAR(10) NOT NULL,
	reason TEXT NOT NULL,
	held_by TEXT NOT NULL,
	held_time VARCHAR(32) NOT NULL,
	asked_by TEXT NOT NULL,
	asked_reason TEXT NOT NULL,
	released_by TEXT NOT NULL
);
CREATE TABLE names (
	id VARCHAR(36) NOT NULL,
	name TEXT NOT NULL,
	asked_time VARCHAR(32) NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE notes (
	name VARCHAR(40) NOT NULL,
	value TEXT NOT NULL,
	noted_time VARCHAR(32) NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE orphans (
	id TEXT NOT NULL,
	conversation_id VARCHAR(36),
	communication_id VARCHAR(36),
	recording_id VARCHAR(36),
	media VARCHAR(20) NOT NULL,
	created VARCHAR(32),
	file_state VARCHAR(20) NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE recordings (
	recording_id VARCHAR(36) NOT NULL,
	conversation_id VARCHAR(36) NOT NULL,
	communication_id VARCHAR(36),
	day VARCHAR(10) NOT NULL,
	start_time VARCHAR(32) NOT NULL,
	outcome VARCHAR(20) NOT NULL,
	reason TEXT NOT NULL,
	retry_time VARCHAR(32),
	attempt INTEGER NOT NULL,
	"row" TEXT NOT NULL,
	PRIMARY KEY (recording_id)
);
INSERT INTO "recordings" VALUES('11111111-1111-4111-8111-111111111111','22222222-2222-4222-8222-222222222222','33333333-3333-4333-8333-333333333333','2026-01-31','2026-01-31T12:00:00.500000+00:00','exported','',NULL,2,'{"recording_id": "11111111-1111-4111-8111-111111111111", "conversation_id": "22222222-2222-4222-8222-222222222222", "communication_id": "33333333-3333-4333-8333-333333333333", "conversation_start_time": "2026-01-31T12:00:00.500000+00:00", "media": "audio", "file_state": "AVAILABLE"}');
CREATE TABLE seals (
	recording_id VARCHAR(36) NOT NULL,
	file_number INTEGER NOT NULL,
	stored_size_bytes INTEGER NOT NULL,
	stored_sha256 VARCHAR(64) NOT NULL,
	sealed_time VARCHAR(32) NOT NULL,
	PRIMARY KEY (recording_id, file_number)
);
CREATE TABLE transcripts (
	communication_id VARCHAR(36) NOT NULL,
	conversation_id VARCHAR(36) NOT NULL,
	day VARCHAR(10) NOT NULL,
	state VARCHAR(20) NOT NULL,
	asked_time VARCHAR(32) NOT NULL,
	attempt INTEGER NOT NULL, retry_time VARCHAR(32), recording_ids TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (communication_id)
);
INSERT INTO "transcripts" VALUES('33333333-3333-4333-8333-333333333333','22222222-2222-4222-8222-222222222222','2026-01-31','fetched','2026-02-01T06:00:00.000000+00:00',1,NULL,'',0);
CREATE INDEX ix_conversations_day ON conversations (day);
CREATE INDEX ix_gaps_day ON gaps (day);
CREATE INDEX ix_recordings_conversation_id ON recordings (conversation_id);
CREATE INDEX ix_transcripts_day ON transcripts (day);
CREATE INDEX events_by_object ON events (object_id);
CREATE INDEX recordings_by_day ON recordings (day, recording_id);
CREATE INDEX ix_holds_conversation_id ON holds (conversation_id);
CREATE INDEX ix_erasures_done_time ON erasures (done_time);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',2);
COMMIT;
