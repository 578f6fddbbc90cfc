"""Ten questions that analysts ask, as queries over the views of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the query that answers it.

    Attributes:
        title: The question, as a sentence.
        query: One SELECT in DuckDB's dialect, to be changed to one's own days and words.
    """

    title: str
    query: str


QUESTIONS = (
    Question(
        "Who talks how much, by queue?",
        """\
SELECT queue_name AS queue, count(*) AS calls,
       round(100 * avg(agent_talk_ratio)) AS "agent talks %",
       round(avg(agent_words_per_minute)) AS "agent words/min",
       round(avg(m.hold_ms) / 1000, 1) AS "hold s",
       round(avg(customer_sentiment), 2) AS sentiment
FROM conversation_metrics m
JOIN (SELECT DISTINCT ON (conversation_id) conversation_id, queue_name FROM recording_index)
  USING (conversation_id)
WHERE is_transcribed AND queue_name IS NOT NULL
GROUP BY queue ORDER BY queue""",
    ),
    Question(
        "Where was it silent for longest, and what was said before?",
        """\
SELECT e.date, e.recording_id, e.start_ms, e.end_ms - e.start_ms AS silent_ms, t.text
FROM speech_events e
ASOF LEFT JOIN transcripts t ON e.recording_id = t.recording_id AND e.start_ms >= t.start_ms
WHERE e.kind = 'silence'
ORDER BY silent_ms DESC, e.recording_id LIMIT 10""",
    ),
    Question(
        "On which calls do people talk over each other most?",
        """\
SELECT date, recording_id, sum(overlap_ms) AS overlap_ms,
       round(100 * sum(overlap_ms) / sum(end_ms - start_ms), 1) AS overlap_percent
FROM diarization
WHERE source = 'audio'
GROUP BY date, recording_id HAVING sum(overlap_ms) > 0
ORDER BY overlap_percent DESC, recording_id LIMIT 10""",
    ),
    Question(
        "Whose turns are in doubt, and between whom?",
        """\
SELECT candidate_user_ids, count(*) AS turns, sum(end_ms - start_ms) AS talk_ms
FROM diarization
WHERE is_ambiguous AND source = 'transcript'
GROUP BY candidate_user_ids ORDER BY turns DESC, candidate_user_ids""",
    ),
    Question(
        "Who said a word, and in which context?",
        """\
SELECT date, recording_id, start_ms, speaker_role,
       lag(text) OVER call AS before, text, lead(text) OVER call AS after
FROM transcripts
WINDOW call AS (PARTITION BY recording_id ORDER BY start_ms, phrase_index)
QUALIFY text ILIKE '%account%'
ORDER BY date, recording_id, start_ms LIMIT 10""",
    ),
    Question(
        "Does being put on hold spoil the mood?",
        """\
SELECT coalesce(hold_ms > 0, false) AS was_on_hold, count(*) AS calls,
       round(avg(customer_sentiment), 3) AS customer_sentiment,
       round(avg(silence_percent), 1) AS silence_percent
FROM conversation_metrics
WHERE is_transcribed
GROUP BY was_on_hold ORDER BY was_on_hold""",
    ),
    Question(
        "Which exported calls have no transcript, and can they be heard at least?",
        """\
SELECT f.date, f.codec, count(DISTINCT f.recording_id) AS recordings,
       count(DISTINCT v.recording_id) AS with_turns_from_audio
FROM audio_files f
LEFT JOIN voice_activity v USING (date, recording_id)
WHERE f.outcome = 'exported' AND f.channels IS NOT NULL
  AND f.recording_id NOT IN (SELECT recording_id FROM transcripts)
GROUP BY ALL ORDER BY ALL""",
    ),
    Question(
        "What was exported each day?",
        """\
SELECT date, outcome, count(DISTINCT recording_id) AS recordings, sum(size_bytes) AS bytes,
       round(sum(duration_ms) / 3600000, 1) AS hours
FROM audio_files
GROUP BY date, outcome ORDER BY date, recordings DESC, outcome""",
    ),
    Question(
        "Do transcript and audio agree?",
        """\
SELECT date, verdict, count(*) AS recordings, round(avg(agreement), 3) AS agreement,
       median(shift_ms) AS shift_ms
FROM transcript_agreement
GROUP BY date, verdict ORDER BY date, recordings DESC, verdict""",
    ),
    Question(
        "What is about to be lost at the source?",
        """\
SELECT ending, days_left, count(*) AS recordings, list(recording_id)[:3] AS some_of_them
FROM rescue_list
GROUP BY ending, days_left ORDER BY days_left, ending""",
    ),
)
