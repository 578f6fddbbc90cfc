"""`audit`: what auditors and analysts type, and the exit codes they get."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest

from recordings_pipeline.cli.commands_audit import audit
from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.actions import ACTIONS, TUTORIAL
from recordings_pipeline.storage.audit.keys import public_pem, usual_file
from recordings_pipeline.storage.tables import read_rows
from tests.audited import DAY, EVENTS, SEGMENTS, Intruder, Scene
from tests.cli.conftest import Enter
from tests.conftest import Start
from tests.sealed import sealed_events

README = (Path(__file__).parents[2] / "README.md").read_text()
ID = "00000000-0000-0000-0000-000000000001"
Out = pytest.CaptureFixture[str]


def variables(scene: Scene, **more: str) -> dict[str, str]:
    return {
        "RECORDINGS_DATA": str(scene.root),
        "RECORDINGS_AUDIT_KEY_FILE": str(scene.keeping.key),
        **more,
    }


def test_an_export_prints_the_head_that_verify_finds(
    start: Start, tmp_path: Path, enter: Enter, capsys: Out
) -> None:
    environ = start(world="plain", calls_per_day=2).environment
    enter("export", "--from", str(DAY), "--to", str(DAY), "--data", str(tmp_path), **environ)
    head = capsys.readouterr().out.splitlines()[-1].removeprefix("audit log sealed, head ")

    code = enter("audit", "verify", "--head", head, "--data", str(tmp_path))

    said = capsys.readouterr().out
    assert code == 0
    assert f"nothing was changed, head {head}" in said
    assert "kept elsewhere" not in said
    assert usual_file().is_file()


def test_verify_says_when_nothing_outside_was_compared(
    sealed: Scene, enter: Enter, capsys: Out
) -> None:
    alone = enter("audit", "verify", **variables(sealed))
    said = capsys.readouterr().out
    anchored = variables(sealed, RECORDINGS_AUDIT_ANCHOR_DIR=str(sealed.keeping.anchor))

    assert (alone, enter("audit", "verify", **anchored)) == (0, 0)
    assert f"{SEGMENTS * EVENTS} events in {SEGMENTS} segments" in said
    assert "compared with no head that was kept elsewhere" in said
    assert "kept elsewhere" not in capsys.readouterr().out


def test_a_tampering_is_named_and_ends_with_1(
    sealed: Scene, tmp_path: Path, enter: Enter, capsys: Out
) -> None:
    Intruder(sealed.root, tmp_path / "intruder.pem").remove(2)

    code = enter("audit", "verify", **variables(sealed))

    said = capsys.readouterr().out
    assert code == 1
    assert "audit/segments/00000002.jsonl: is not there: 4 events are gone (root); restore" in said
    assert "1 findings" in said


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--head", "12"], "--head: a head is"),
        (["--key", "/nowhere.pem"], "--key /nowhere.pem: No such file"),
        (["--data", "/nowhere"], "RECORDINGS_DATA holds no sealed audit log"),
    ],
)
def test_what_cannot_be_judged_ends_with_2(
    sealed: Scene, enter: Enter, capsys: Out, arguments: list[str], problem: str
) -> None:
    assert enter("audit", "verify", *arguments, **variables(sealed)) == 2
    assert problem in capsys.readouterr().err


def test_an_auditor_who_has_no_key_gives_the_public_one(
    sealed: Scene, enter: Enter, capsys: Out
) -> None:
    (public,) = (sealed.root / layout.AUDIT_KEYS).iterdir()
    theirs = variables(sealed, RECORDINGS_AUDIT_KEY_FILE=str(sealed.root / "none.pem"))
    (sealed.root / layout.LEDGER).unlink()
    alone = ("audit", "verify", "--without-ledger")

    assert enter(*alone, **theirs) == 2
    assert "the public key that you were handed, or its id, with --key" in capsys.readouterr().err
    assert enter(*alone, "--key", str(public), **theirs) == 0
    assert enter(*alone, "--key", public.stem, **theirs) == 0
    assert not (sealed.root / "none.pem").exists()
    assert "not compared with the ledger" in capsys.readouterr().out


def test_a_ledger_that_is_gone_is_no_success(sealed: Scene, enter: Enter, capsys: Out) -> None:
    (sealed.root / layout.LEDGER).unlink()

    assert enter("audit", "verify", **variables(sealed)) == 2
    assert "holds no ledger" in capsys.readouterr().err
    assert not (sealed.root / layout.LEDGER).exists()


def test_a_key_that_somebody_put_beside_the_head_is_not_trusted(
    sealed: Scene, tmp_path: Path, enter: Enter, capsys: Out
) -> None:
    anchor, intruder = sealed.keeping.anchor, tmp_path / "intruder.pem"
    log = Intruder(sealed.root, intruder)
    log.seal_again(lambda _, lines: lines, sign=True)
    assert anchor is not None
    (anchor / f"{log.key.id}.pem").write_bytes(public_pem(log.key.public))
    (anchor / "head.json").write_bytes(log.manifest()[-1] + b"\n")
    (other,) = set((sealed.root / layout.AUDIT_KEYS).iterdir()) - {
        sealed.root / layout.AUDIT_KEYS / f"{log.key.id}.pem"
    }
    ours = variables(sealed, RECORDINGS_AUDIT_ANCHOR_DIR=str(anchor))

    assert enter("audit", "verify", **ours) == 1
    assert f"signed by the key {log.key.id}, which is not trusted" in capsys.readouterr().out
    assert enter("audit", "verify", "--key", log.key.id, **ours) == 0
    other.write_bytes(public_pem(log.key.public))
    assert enter("audit", "verify", "--key", other.stem, **ours) == 2
    assert "holds another key than its name says" in capsys.readouterr().err


def test_show_chooses_by_recording_and_tells_what_is_not_sealed_yet(
    sealed: Scene, enter: Enter, capsys: Out
) -> None:
    sealed.happen(1, 1)
    sealed.happen(50, 1)

    one = enter("audit", "show", "--recording", ID, **variables(sealed))
    lines = capsys.readouterr().out.splitlines()
    enter("audit", "show", "--day", str(DAY), **variables(sealed))

    assert one == 0
    assert lines[0].split() == ["event", "time", "action", "object", "by", "reason", "segment"]
    assert [line.split()[2:4] for line in lines[1:]] == [["recording.discovered", ID]]
    assert capsys.readouterr().out.splitlines()[-1].endswith("not yet")


def test_show_as_json_has_all_fields_of_each_event(
    sealed: Scene, enter: Enter, capsys: Out
) -> None:
    choice = ["--conversation", ID.replace("1", "0"), "--event", "recording.discovered"]

    enter("audit", "show", *choice, "--json", **variables(sealed))

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    assert {event["segment"] for event in events} == {1}
    assert all(event["chain"] for event in events)


def test_the_tutorial_s_names_find_what_they_mean(sealed: Scene, enter: Enter, capsys: Out) -> None:
    enter("audit", "show", "--event", "download_completed", **variables(sealed))

    assert capsys.readouterr().out == ""
    for name, actions in TUTORIAL.items():
        assert f"`{name}`" in README
        assert all(f"`{action}`" in README for action in actions)


def test_export_publishes_a_table_a_day(sealed: Scene, enter: Enter, capsys: Out) -> None:
    code = enter("audit", "export", **variables(sealed))
    path = sealed.root / layout.table_path("export_audit", DAY)

    rows = read_rows(path)
    assert code == 0
    assert capsys.readouterr().out.split()[:2] == [str(DAY), str(SEGMENTS * EVENTS)]
    assert [row["seq"] for row in rows] == list(range(1, SEGMENTS * EVENTS + 1))
    assert rows[1]["recording_id"] == ID
    assert {row["segment"] for row in rows} == {1, 2, 3}
    enter("audit", "export", "--from", "2026-02-01", **variables(sealed))
    assert "no event is sealed" in capsys.readouterr().out


def test_nothing_is_published_of_a_log_that_was_changed(
    sealed: Scene, tmp_path: Path, enter: Enter, capsys: Out
) -> None:
    log = Intruder(sealed.root, tmp_path / "intruder.pem")
    log.write(2, log.lines(2)[1:])

    assert enter("audit", "export", **variables(sealed)) == 1
    assert "recordings-pipeline audit verify" in capsys.readouterr().err
    assert not (sealed.root / "tables" / "export_audit").exists()


@pytest.mark.parametrize("name", sorted(audit.commands))
def test_every_part_of_audit_is_in_the_readme_and_shows_an_example(name: str) -> None:
    help_text = audit.commands[name].get_help(click.Context(audit.commands[name]))

    assert f"recordings-pipeline audit {name}" in README
    assert f"recordings-pipeline audit {name}" in help_text.partition("Example")[2]


def test_a_file_that_was_exchanged_together_with_its_digest_is_found(
    start: Start, tmp_path: Path, enter: Enter, capsys: Out
) -> None:
    environ = start(world="plain", calls_per_day=1).environment
    data = ("--data", str(tmp_path))
    enter("export", "--from", str(DAY), "--to", str(DAY), *data, **environ)
    (path,) = tmp_path.glob("audio/date=*/*/*")
    other = bytearray(path.read_bytes())
    other[-1] ^= 1
    path.write_bytes(other)
    with closing(sqlite3.connect(tmp_path / layout.LEDGER)) as ledger:
        ledger.execute("UPDATE files SET sha256 = ?", (hashlib.sha256(other).hexdigest(),))
        ledger.commit()
    capsys.readouterr()

    assert enter("verify", *data) == 0
    assert enter("audit", "verify", *data) == 1

    assert (
        f"recording {path.stem}: has another digest than its last event" in capsys.readouterr().out
    )


@pytest.mark.parametrize("asked", ["--event", "--conversation", "--recording"])
def test_what_is_no_name_is_refused_and_not_shown_as_nothing(
    sealed: Scene, enter: Enter, capsys: Out, asked: str
) -> None:
    assert enter("audit", "show", asked, "nonsense", **variables(sealed)) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert asked in captured.err


def test_who_asks_about_what_never_happened_hears_it(
    sealed: Scene, enter: Enter, capsys: Out
) -> None:
    codes = [
        enter("audit", "show", "--event", "hold.added", **variables(sealed)),
        enter("audit", "show", "--recording", ID.replace("1", "f"), **variables(sealed)),
    ]

    assert codes == [0, 0]
    assert capsys.readouterr().err.count("no event fits") == 2


def test_every_action_that_was_told_is_known(sealed: Scene) -> None:
    assert {event["action"] for event in sealed_events(sealed.root)} <= ACTIONS
