"""Whoever takes a conversation out of the archive is told, and what was in it is not."""

from pathlib import Path

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from tests.cli.conftest import Enter
from tests.privacy.conftest import DAY, someone


def test_show_export_transcript_and_decrypt_are_events(
    data: Path, simulator: Simulator, enter: Enter, tmp_path: Path
) -> None:
    call = someone(simulator)
    id_, ours = call.conversation_id, ("--data", str(data))
    to, folder = ("--output", str(tmp_path / "out")), ("--output", str(tmp_path))
    (tmp_path / "none").touch()

    codes = [
        enter("show", id_, *to, *ours),
        enter("show", str(call.recording_id), *to, *ours),
        enter("export-transcript", id_, "--format", "vtt", *to, *ours),
        enter("decrypt", id_, "--identity", str(tmp_path / "none"), *folder, *ours),
    ]

    with open_archive(data) as archive:
        told = [
            e for e in archive.ledger.events.after(0, 10_000) if e["action"] == "access.exported"
        ]
        archive.seal()
    assert codes == [0, 0, 0, 2]
    assert [(e["object_id"], e["reason"]) for e in told] == [
        (id_, "show"),
        (call.recording_id, "show"),
        (id_, "export-transcript vtt"),
        (id_, "decrypt"),
    ]
    assert {(e["conversation_id"], e["day"]) for e in told} == {(id_, str(DAY))}
    assert {e["actor"] for e in told} == {operator().actor}


def test_what_nobody_knows_is_not_told_of(data: Path, enter: Enter) -> None:
    with open_archive(data) as archive:
        before = archive.ledger.events.count_after(0)

    assert enter("show", "00000000-0000-4000-8000-000000000001", "--data", str(data)) == 2

    with open_archive(data) as archive:
        assert archive.ledger.events.count_after(0) == before
