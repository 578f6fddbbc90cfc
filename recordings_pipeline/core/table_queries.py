"""A question for each table, with the SQL that answers it: what an analyst sees first.

The names are views of the catalogue; see `core.catalog`.
"""

from collections.abc import Mapping

QUERIES: Mapping[str, tuple[str, str]] = {
    "recording_index": (
        "How many recordings does a day have, by queue?",
        """\
SELECT date, queue_name, count(*) AS recordings FROM recording_index
GROUP BY ALL ORDER BY date, recordings DESC""",
    ),
    "audio_files": (
        "How did the recordings of each day end, and why?",
        """\
SELECT date, outcome, reason, count(*) AS recordings,
  round(sum(size_bytes) / 1e6, 1) AS megabytes
FROM audio_files GROUP BY ALL ORDER BY date, recordings DESC""",
    ),
    "transcripts": (
        "Who said how much, by role?",
        """\
SELECT date, speaker_role, count(*) AS phrases, sum(word_count) AS words
FROM transcripts GROUP BY ALL ORDER BY ALL""",
    ),
    "words": (
        "Which words was the recognition least sure of?",
        """\
SELECT word, count(*) AS times, round(avg(confidence), 2) AS confidence FROM words
GROUP BY word HAVING times >= 5 ORDER BY confidence LIMIT 20""",
    ),
    "speech_events": (
        "What happened in the calls, how often and for how long?",
        """\
SELECT date, kind, source, count(*) AS events,
  round(sum(end_ms - start_ms) / 1000, 1) AS seconds
FROM speech_events GROUP BY ALL ORDER BY ALL""",
    ),
    "voice_activity": (
        "How many minutes of speech does each side have?",
        """\
SELECT date, side, round(sum(end_ms - start_ms) / 60000, 1) AS minutes
FROM voice_activity GROUP BY ALL ORDER BY ALL""",
    ),
    "audio_channels": (
        "Which channels are silent, or hard to hear?",
        """\
SELECT recording_id, channel, side, is_silent, round(snr_db, 1) AS snr_db, problem
FROM audio_channels WHERE is_silent OR snr_db < 10 OR problem IS NOT NULL""",
    ),
    "diarization": (
        "How long are the turns of each role?",
        """\
SELECT source, speaker_role, count(*) AS turns,
  round(median(end_ms - start_ms) / 1000, 1) AS median_s
FROM diarization GROUP BY ALL ORDER BY ALL""",
    ),
    "transcript_agreement": (
        "Where do transcript and audio disagree?",
        """\
SELECT date, recording_id, verdict, round(agreement, 2) AS agreement, shift_ms
FROM transcript_agreement ORDER BY agreement LIMIT 20""",
    ),
    "conversation_metrics": (
        "Who talks more, and who talks over whom?",
        """\
SELECT date, count(*) AS conversations, round(avg(agent_talk_ratio), 3) AS agent_talk,
  sum(agent_interruption_count) AS by_agents,
  sum(customer_interruption_count) AS by_customers
FROM conversation_metrics WHERE is_transcribed GROUP BY date ORDER BY date""",
    ),
    "rescue_list": (
        "What is to be rescued first?",
        """\
SELECT ending, ending_time, days_left, conversation_id, outcome, reason
FROM rescue_list ORDER BY ending_time LIMIT 20""",
    ),
    "export_audit": (
        "What happened to the recordings of each day, how often, and why?",
        """\
SELECT date, action, reason, count(*) AS events, max(event_time) AS last
FROM export_audit WHERE recording_id IS NOT NULL GROUP BY ALL ORDER BY date, events DESC""",
    ),
}
