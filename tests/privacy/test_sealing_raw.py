"""The source's own answers are encrypted as well, and every table is there without a key."""

import json
from pathlib import Path

from recordings_pipeline.core.days import Span
from recordings_pipeline.core.sealing import Keys
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.rebuild import Rebuilt, rebuild
from recordings_pipeline.storage.raw import keep_raw, read_raw
from tests.privacy.ages import (
    KEY,
    OTHER_KEY,
    PRIVATE,
    PUBLIC,
    SPEECH,
    audio,
    keys,
    pyrage,
    raw,
    rows,
    run,
    tables,
    tried,
)
from tests.privacy.conftest import DAY
from tests.privacy.searching import left_plain


def times(data: Path) -> dict[Path, int]:
    paths = [path for path in data.rglob("*") if path.parts[-3:-2] != ("ledger.db",)]
    wanted = ("audio", "raw", "tables")
    return {
        path: path.stat().st_mtime_ns
        for path in paths
        if path.is_file() and path.relative_to(data).parts[0] in wanted
    }


def rebuilt(data: Path, chosen: Keys = Keys()) -> Rebuilt:  # noqa: B008 (frozen)
    with open_archive(data, keys=chosen) as archive:
        (done,) = rebuild(archive, Span())
    return done


def test_public_keys_are_enough_for_every_table(data: Path, never_plain: Path) -> None:
    assert tables(never_plain) == tables(data)
    kept = {path.name + ".age": path.read_bytes() for path in raw(data)}
    opened = {path.name: pyrage.decrypt(path.read_bytes(), [KEY]) for path in raw(never_plain)}
    assert opened == kept


def test_no_byte_of_sound_or_speech_lies_anywhere_else(data: Path, never_plain: Path) -> None:
    assert left_plain(never_plain, data) == []
    assert left_plain(data, data) != []


def test_the_day_again_costs_no_call_and_moves_nothing(
    sealed: Path, data: Path, simulator: Simulator
) -> None:
    run(simulator, data)
    before, asked = times(sealed), simulator.traffic.api_requests
    run(simulator, data)
    usual = simulator.traffic.api_requests - asked

    run(simulator, sealed)

    assert simulator.traffic.api_requests - asked - usual == usual
    assert times(sealed) == before


def test_rebuild_names_the_key_that_it_needs_and_leaves_all_as_it_is(sealed: Path) -> None:
    before = tables(sealed)

    without, wrong = rebuilt(sealed), rebuilt(sealed, keys(OTHER_KEY))

    assert without.problem == (
        f"transcript files of {DAY}: are encrypted: set RECORDINGS_AGE_IDENTITY_FILE to the file "
        "with the private key"
    )
    assert wrong.problem.endswith("is encrypted for another key than RECORDINGS_AGE_IDENTITY holds")
    assert tables(sealed) == before


def test_rebuild_with_the_key_needs_no_table(sealed: Path) -> None:
    before = tables(sealed)
    for name in SPEECH:
        (sealed / f"tables/{name}/date={DAY}/part-0.parquet").unlink()

    done = rebuilt(sealed, keys())

    assert (done.problem, tables(sealed)) == ("", before)
    assert all(path.suffix == ".age" for path in raw(sealed))


def test_a_transcript_without_a_phrase_still_tells_when_its_recording_began(
    data: Path, simulator: Simulator
) -> None:
    path = raw(data)[0]
    # Two seconds beside what the call tells, so that only the file can have told it.
    start_ms = json.loads(read_raw(path))["startTime"] + 2_000
    keep_raw(path, json.dumps({"startTime": start_ms, "transcripts": []}).encode())
    assert rebuilt(data).problem == ""
    before = tables(data)

    run(simulator, data)
    run(simulator, data)

    assert tables(data) == before
    turns = [row for row in rows(data, "diarization") if path.name.startswith(row["recording_id"])]
    starts = {round(row["start_time"].timestamp() * 1000) - row["start_ms"] for row in turns}
    assert starts == {start_ms}


def test_tables_that_are_gone_are_never_replaced_by_emptier_ones(
    sealed: Path, simulator: Simulator
) -> None:
    path = sealed / f"tables/words/date={DAY}/part-0.parquet"
    before = tables(sealed)
    path.unlink()

    (problem,) = tried(simulator, sealed, **PUBLIC).failures.values()
    assert "tables made from them are gone, damaged or of another version" in problem
    assert not path.exists()
    run(simulator, sealed, **PUBLIC, **PRIVATE)

    assert tables(sealed) == before


def test_an_archive_that_began_plain_is_encrypted_when_its_day_runs_again(
    data: Path, simulator: Simulator
) -> None:
    before = tables(data)

    run(simulator, data)

    assert tables(data) == before
    assert {path.suffix for path in [*raw(data), *audio(data)]} == {".age"}
