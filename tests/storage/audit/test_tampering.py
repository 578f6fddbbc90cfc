"""Whatever is done to a sealed log is found, and it is known by which layer."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.findings import Layer
from recordings_pipeline.core.audit.lines import chained, unchained
from recordings_pipeline.core.audit.manifest import Head
from recordings_pipeline.stages.audit import verify_audit
from tests.audited import Intruder, Scene
from tests.trust_results import record

CHAIN, ROOT, MANIFEST = Layer.CHAIN, Layer.ROOT, Layer.MANIFEST
SIGNATURE, ANCHOR, LEDGER = Layer.SIGNATURE, Layer.ANCHOR, Layer.LEDGER
Attack = Callable[[Intruder], None]


def layers(scene: Scene, *, has_anchor: bool = False, has_ledger: bool = False) -> set[Layer]:
    """Return the layers that find something."""
    keeping = scene.keeping if has_anchor else replace(scene.keeping, anchor=None)
    found = verify_audit(scene.root, keeping, is_with_ledger=has_ledger)
    return {finding.layer for finding in found.findings}


def tell(name: str, found: set[Layer]) -> None:
    """Record an attack, and who found it."""
    record("tamperings", name, "found", ", ".join(sorted(found)))


def forged(line: bytes) -> bytes:
    return line.replace(b'"outcome":"discovered"', b'"outcome":"missing"')


def edit(log: Intruder) -> None:
    one, two, *rest = log.lines(2)
    log.write(2, [one, forged(two), *rest])


def edit_and_chain_again(log: Intruder) -> None:
    edit(log)
    log.chain_again(2)


def delete(log: Intruder) -> None:
    one, _, *rest = log.lines(2)
    log.write(2, [one, *rest])


def reorder(log: Intruder) -> None:
    one, two, *rest = log.lines(2)
    log.write(2, [two, one, *rest])


def insert(log: Intruder) -> None:
    lines = log.lines(2)
    body, chain = unchained(lines[-1])
    log.write(2, [*lines, chained(chain, forged(body))[0]])


def truncate(log: Intruder) -> None:
    log.write(3, log.lines(3)[:-1])


def tear(log: Intruder) -> None:
    *lines, last = log.lines(3)
    log.write(3, [*lines, last[:-9]])


def empty(log: Intruder) -> None:
    log.write(1, [])


def remove(log: Intruder) -> None:
    log.remove(2)


def exchange(log: Intruder) -> None:
    second, third = log.lines(2), log.lines(3)
    log.write(2, third)
    log.write(3, second)


def exchange_entries(log: Intruder) -> None:
    one, two, three = log.manifest()
    log.write_manifest([one, three, two])


def drop_entry(log: Intruder) -> None:
    one, _, three = log.manifest()
    log.write_manifest([one, three])


def scribble(log: Intruder) -> None:
    one, _, three = log.manifest()
    log.write_manifest([one, b"nothing", three])


def change_entry(log: Intruder) -> None:
    one, two, three = log.manifest()
    log.write_manifest([one, two.replace(b'"sealed_time":"2026', b'"sealed_time":"2025'), three])


def roll_back(log: Intruder) -> None:
    log.remove(3)
    log.write_manifest(log.manifest()[:-1])


def rebuild(log: Intruder) -> None:
    log.seal_again(lambda _, lines: [forged(line) for line in lines], sign=False)


def rebuild_with_another_key(log: Intruder) -> None:
    log.seal_again(lambda _, lines: [forged(line) for line in lines], sign=True)


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        (edit, ({CHAIN, ROOT}, set())),
        (edit_and_chain_again, ({ROOT}, set())),
        (delete, ({CHAIN, ROOT}, set())),
        (reorder, ({CHAIN, ROOT}, set())),
        (insert, ({ROOT}, set())),
        (truncate, ({ROOT}, set())),
        (tear, ({CHAIN, ROOT}, set())),
        (empty, ({ROOT}, set())),
        (remove, ({ROOT}, set())),
        (exchange, ({CHAIN, ROOT}, set())),
        (exchange_entries, ({MANIFEST, CHAIN}, set())),
        (drop_entry, ({MANIFEST, CHAIN}, set())),
        (scribble, ({MANIFEST, CHAIN}, set())),
        (change_entry, ({MANIFEST, SIGNATURE}, set())),
        (roll_back, (set(), {ANCHOR})),
        (rebuild, ({SIGNATURE}, {ANCHOR})),
        (rebuild_with_another_key, ({SIGNATURE}, {ANCHOR})),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
@pytest.mark.parametrize("has_anchor", [False, True], ids=["alone", "with an anchor"])
def test_a_tampering_is_found_by_these_layers(
    sealed: Scene,
    tmp_path: Path,
    attack: Attack,
    found: tuple[set[Layer], set[Layer]],
    *,
    has_anchor: bool,
) -> None:
    attack(Intruder(sealed.root, tmp_path / "intruder.pem"))

    inside, outside = found
    looked = layers(sealed, has_anchor=has_anchor)
    assert looked == (inside | outside if has_anchor else inside)
    # What only a head kept elsewhere can find is not promised without one.
    if looked:
        name = attack.__name__.replace("_", " ")
        tell(f"{name}, {'with a head kept elsewhere' if has_anchor else 'the log alone'}", looked)


def test_a_log_that_nobody_touched_has_no_findings(sealed: Scene) -> None:
    found = verify_audit(sealed.root, sealed.keeping)

    assert found.findings == ()
    assert (found.segment_count, found.event_count, found.open_count) == (3, 12, 0)
    assert layers(sealed, has_anchor=True) == set()


def test_a_rolled_back_log_is_found_by_a_head_that_somebody_kept(
    sealed: Scene, tmp_path: Path
) -> None:
    head = sealed.seal()
    roll_back(Intruder(sealed.root, tmp_path / "intruder.pem"))
    keeping = replace(sealed.keeping, anchor=None)

    assert isinstance(head, Head)
    assert {f.layer for f in verify_audit(sealed.root, keeping, head=head).findings} == {ANCHOR}
    tell("roll back, with a head that a person kept", {ANCHOR})


def test_a_finding_names_the_object_the_cause_and_what_to_do(sealed: Scene, tmp_path: Path) -> None:
    edit(Intruder(sealed.root, tmp_path / "intruder.pem"))

    root, chain, event, *_ = map(str, verify_audit(sealed.root, sealed.keeping).findings)

    name = "audit/segments/00000002.jsonl"
    assert root.startswith(f"{name}: holds 4 lines that are not the 4 that were sealed (root); ")
    assert chain.startswith(
        f"{name}: line 2 does not follow the line before: it says it is event 6 (chain); "
    )
    assert event.startswith("ledger.db, event 6: is not in the ledger as it was sealed (ledger); ")
    assert all("backup" in text for text in (root, chain, event))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET outcome = 'missing' WHERE seq = 6",
        "UPDATE events SET reason = 'it was never there' WHERE seq = 6",
        "UPDATE events SET seq = 99 WHERE seq = 6",
        "DELETE FROM events WHERE seq = 6",
        "UPDATE recordings SET outcome = 'missing' WHERE attempt = 1 AND rowid = 6",
        "DELETE FROM recordings WHERE rowid = 6",
    ],
)
def test_a_ledger_that_tells_another_story_is_found(sealed: Scene, change: str) -> None:
    with closing(sqlite3.connect(sealed.root / layout.LEDGER)) as db, db:
        assert db.execute(change).rowcount == 1

    assert layers(sealed, has_ledger=True) == {LEDGER}
    tell(f"in the ledger: {change}", {LEDGER})


def test_an_event_that_was_slipped_into_the_sealed_past_is_found(sealed: Scene) -> None:
    with closing(sqlite3.connect(sealed.root / layout.LEDGER)) as db, db:
        db.execute(
            "INSERT INTO events (seq, event_id, event_time, action, object_id, day, outcome, "
            "reason, run_id) SELECT 0, 'forged', event_time, action, object_id, day, outcome, "
            "reason, run_id FROM events WHERE seq = 1"
        )

    assert layers(sealed, has_ledger=True) == {LEDGER}
    tell("an event slipped into the sealed past", {LEDGER})


def test_a_segment_that_nobody_sealed_is_found(sealed: Scene) -> None:
    folder = sealed.root / layout.AUDIT_SEGMENTS
    (folder / "00000009.jsonl").write_bytes(b"{}\n")

    assert layers(sealed) == {MANIFEST}
    tell("a segment that nobody sealed", {MANIFEST})


def test_a_link_in_the_place_of_a_segment_is_not_followed(sealed: Scene, tmp_path: Path) -> None:
    path = sealed.root / layout.AUDIT_SEGMENTS / "00000002.jsonl"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")

    assert layers(sealed) == {ROOT}
    tell("a link in the place of a segment", {ROOT})


def test_without_the_manifest_nothing_is_taken_for_a_log(sealed: Scene) -> None:
    (sealed.root / layout.AUDIT_MANIFEST).unlink()

    assert layers(sealed, has_anchor=True) == {MANIFEST, ANCHOR}
    tell("the manifest is gone", {MANIFEST, ANCHOR})
