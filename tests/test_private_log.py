"""Nothing in the audit log leads to a person: not what the platform told, nor what was said."""

import json
from pathlib import Path

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.audit.lines import FIELDS
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.schemas import ALL_SCHEMAS
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start, settings_of
from tests.sealed import sealed_events

DAY = Day.from_key("2026-01-31")


def test_no_number_name_or_spoken_word_of_a_simulated_day_is_in_an_event(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=12)
    with RecordingExporter(settings_of(simulator, tmp_path)) as exporter:
        exporter.export_range(DAY.start, DAY.end)

    events = sealed_events(tmp_path)

    assert len(events) > 20
    assert all(event.keys() <= FIELDS | {"chain", "v"} for event in events)
    assert verify_audit(tmp_path, Keeping()).findings == ()
    log = json.dumps(events)
    rows = _personal(tmp_path)
    assert len(rows) > 20
    assert [text for text in rows if text in log] == []
    assert not any(word in log for word in ("Signature", "http", "tel:", "sip:"))


def _personal(root: Path) -> set[str]:
    """Return what the tables mark as personal, but single words, which we use as well."""
    found: set[str] = set()
    for schema in ALL_SCHEMAS:
        path = root / layout.table_path(schema.name, DAY)
        names = [column.name for column in schema.columns if column.privacy == "personal"]
        if path.exists():
            found |= {str(row[name]) for row in read_rows(path) for name in names if row[name]}
    return {text for text in found if " " in text or any(map(str.isdigit, text))}
