"""What lies in quarantine is listed, and gets another chance without losing a byte."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.quarantine import Quarantined
from recordings_pipeline.core.replaying import Choice
from recordings_pipeline.core.retries import UNTRUSTED_TRIES
from recordings_pipeline.core.trust import NOT_IN_CODECS, Policy
from recordings_pipeline.stages.archive import Archive, archive_of, open_archive
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.replay import Replayed, quarantine, replay
from recordings_pipeline.storage.ledger import Ledger
from tests.conftest import Start
from tests.faults.playing import named
from tests.listing import START, conversation, discovered
from tests.sealed import sealed_events
from tests.stages.conftest import DAY, Open

NEXT_DAY = Day.from_key("2026-02-01")
FIRST, SECOND, THIRD = (str(UUID(int=number)) for number in (1, 2, 3))
NOISE = "the bytes are no known audio"
LEFT_OUT = f"wav/ulaw{NOT_IN_CODECS}"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive with recordings in quarantine: two on a day, one without bytes; one the next."""
    ledger = Ledger(tmp_path / layout.LEDGER)
    for day, ids in ((DAY, (FIRST, SECOND)), (NEXT_DAY, (THIRD,))):
        ledger.listed(day, START, [conversation(ids[0], map(discovered, ids))])
        for id_ in ids:
            ledger.settle(id_, Verdict(Outcome.QUARANTINED, NOISE), START)
    ledger.close()
    put(tmp_path, DAY, FIRST)
    put(tmp_path, DAY, f"{FIRST}-2")
    put(tmp_path, NEXT_DAY, THIRD)
    with open_archive(tmp_path) as opened:
        yield opened


def put(root: Path, day: Day, name: str, content: bytes = b"noise") -> None:
    path = root / layout.quarantine_folder(day) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def contents(archive: Archive, day: Day) -> dict[str, bytes]:
    folder = archive.home.path(layout.quarantine_folder(day))
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".reason"
    }


def outcomes(archive: Archive, day: Day) -> dict[str, Outcome]:
    return {id_: s.verdict.outcome for id_, s in archive.ledger.standings(day).items()}


def test_what_lies_in_quarantine_is_listed_with_its_reason(archive: Archive) -> None:
    put(archive.home.root, DAY, "notes.txt", b"a")

    found = list(quarantine(archive, Span(DAY.date, DAY.date)))

    folder = layout.quarantine_folder(DAY)
    assert found == [
        Quarantined(DAY, FIRST, NOISE, 5, f"{folder}/{FIRST}", is_replayable=True),
        Quarantined(DAY, FIRST, NOISE, 5, f"{folder}/{FIRST}-2", is_replayable=True),
        Quarantined(DAY, "", "", 1, f"{folder}/notes.txt"),
        Quarantined(DAY, SECOND, NOISE, is_replayable=True),
    ]


def test_a_replay_makes_due_keeps_the_bytes_and_tells_the_audit_log(archive: Archive) -> None:
    done = list(replay(archive, Span(), Choice()))

    assert done == [Replayed(DAY, (FIRST, SECOND)), Replayed(NEXT_DAY, (THIRD,))]
    assert set(outcomes(archive, DAY).values()) == {Outcome.DISCOVERED}
    kept = {f"replayed/{FIRST}": b"noise", f"replayed/{FIRST}-2": b"noise"}
    assert contents(archive, DAY) == kept
    told = sealed_events(archive.home.root)[-3:]
    assert {event["reason"] for event in told} == {f"replayed by a person: was {NOISE}"}
    listed = list(quarantine(archive, Span(DAY.date, DAY.date)))
    assert all(NOISE in one.reason and not one.is_replayable for one in listed)


def test_only_the_days_and_the_recording_that_were_named_are_replayed(archive: Archive) -> None:
    list(replay(archive, Span(DAY.date, DAY.date), Choice(recording_id=FIRST)))

    assert outcomes(archive, DAY) == {FIRST: Outcome.DISCOVERED, SECOND: Outcome.QUARANTINED}
    assert outcomes(archive, NEXT_DAY) == {THIRD: Outcome.QUARANTINED}


def test_bytes_that_come_to_quarantine_again_replace_nothing(archive: Archive) -> None:
    for content in (b"second", b"third"):
        list(replay(archive, Span(), Choice(recording_id=FIRST)))
        archive.ledger.settle(FIRST, Verdict(Outcome.QUARANTINED, NOISE), START)
        put(archive.home.root, DAY, FIRST, content)

    kept = contents(archive, DAY)
    assert kept[f"replayed/{FIRST}"] == b"noise"
    assert kept[f"replayed/{FIRST}.2"] == b"second"
    assert kept[FIRST] == b"third"


def test_a_day_that_is_being_exported_is_reported_and_the_others_are_replayed(
    archive: Archive,
) -> None:
    with archive.home.day_lock(DAY):
        busy, done = replay(archive, Span(), Choice())

    assert "another process" in busy.problem
    assert done == Replayed(NEXT_DAY, (THIRD,))
    assert set(outcomes(archive, DAY).values()) == {Outcome.QUARANTINED}
    assert f"{FIRST}" in contents(archive, DAY)


@pytest.mark.parametrize(
    ("recording_id", "state"),
    [
        (FIRST, "is discovered, not quarantined"),
        (SECOND, "is forbidden, not quarantined: try --outcome forbidden"),
        (str(UUID(int=9)), "is not known"),
    ],
)
def test_a_recording_that_is_not_quarantined_is_not_replayed(
    archive: Archive, recording_id: str, state: str
) -> None:
    archive.ledger.settle(FIRST, Verdict(Outcome.DISCOVERED), START)
    archive.ledger.settle(SECOND, Verdict(Outcome.FORBIDDEN), START)

    with pytest.raises(ConfigurationError, match=f"{recording_id} {state}"):
        list(replay(archive, Span(), Choice(recording_id=recording_id)))


def test_what_arrives_whole_after_a_replay_is_exported(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text(named("html-as-audio", times=UNTRUSTED_TRIES))
    export = opened(start(world="plain", calls_per_day=4, faults=str(faults)))
    run_stage(export, "recording_index", DAY)
    run_stage(export, "audio_files", DAY)
    archive = archive_of(export)
    ids = [i for i, found in outcomes(archive, DAY).items() if found is Outcome.QUARANTINED]
    assert ids
    assert contents(archive, DAY).keys() == {*ids}

    list(replay(archive, Span(), Choice()))
    run_stage(export, "audio_files", DAY)

    after = outcomes(archive, DAY)
    assert {after[id_] for id_ in ids} == {Outcome.EXPORTED}
    assert contents(archive, DAY).keys() == {f"replayed/{id_}" for id_ in ids}


def test_a_granted_permission_a_wider_policy_and_impatience_are_worth_another_try(
    start: Start, opened: Open
) -> None:
    export = opened(start(world="plain", calls_per_day=8))
    for stage in ("recording_index", "audio_files"):
        run_stage(export, stage, DAY)
    ids = sorted(export.ledger.files(DAY))[:3]
    stood = [Outcome.EXCLUDED, Outcome.FORBIDDEN, Outcome.RETRY]
    tomorrow = export.now() + timedelta(days=1)
    for id_, outcome in zip(ids, stood, strict=True):
        export.ledger.settle(id_, Verdict(outcome, LEFT_OUT), export.now(), retry_time=tomorrow)
    archive = archive_of(export)

    refused = list(replay(archive, Span(), Choice(Outcome.EXCLUDED, policy=Policy(frozenset()))))
    done = [next(replay(archive, Span(), Choice(outcome))) for outcome in stood]
    run_stage(export, "audio_files", DAY)

    assert refused == []
    assert all(id_ in one.recording_ids for id_, one in zip(ids, done, strict=True))
    found = outcomes(archive, DAY)
    assert [found[id_] for id_ in ids] == [Outcome.EXPORTED] * len(ids)
