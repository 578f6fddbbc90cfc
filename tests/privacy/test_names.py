"""Names of files are not ours: people put those of others in them, and numbers of telephones."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.ingest import Fate
from recordings_pipeline.core.trust import DEFAULT_POLICY
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.deep_check import examine_archive
from recordings_pipeline.stages.erasing import erase, survey
from recordings_pipeline.stages.ingest import ingest
from recordings_pipeline.watch.journal import Journal, read_on
from recordings_pipeline.watch.look import FOLDERS, Looker
from tests.privacy.conftest import DAY, ORDER, someone

_PERSON = "+4930123456_Petra"
_STRANGER = "00000000-0000-4000-8000-000000000001"


def dropped(archive: Archive, call: Call, name: str) -> None:
    """Put a copy of a call's audio into the drop folder under a name."""
    (source,) = archive.home.path(layout.AUDIO).glob(f"date={DAY}/*/{call.recording_id}.*")
    target = archive.home.path(layout.INCOMING / name)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(source.read_bytes())


def described(archive: Archive, call: Call, name: str) -> None:
    """Put the vendor's metadata beside it."""
    path = archive.home.path(layout.INCOMING / f"{name}_metadata.json")
    path.write_text(f'{{"recordingId": "{call.recording_id}"}}')


def watched(archive: Archive) -> Path:
    """Look at everything, as a watcher does; return the journal."""
    path = archive.home.path(layout.JOURNAL)
    with closing(Journal(path)) as journal:
        for folder in FOLDERS:
            Looker(archive.home.root, journal, quiet_s=0).look(folder)
    return path


def ingested(archive: Archive) -> list[Fate]:
    return [one.fate for one in ingest(archive, DEFAULT_POLICY, quiet_s=0)]


def names_in(journal: Path) -> list[str]:
    return [entry.name for entry in read_on(journal, "", 0, most=1_000).entries]


def paths_with(archive: Archive, text: str) -> list[Path]:
    files = (path for path in archive.home.root.rglob("*") if path.is_file())
    return [path for path in files if text in path.name or text.encode() in path.read_bytes()]


def test_the_journal_forgets_what_was_called_after_an_erased_conversation(
    archive: Archive, simulator: Simulator
) -> None:
    call, other = someone(simulator), someone(simulator, 5)
    dropped(archive, call, f"{_PERSON}_{call.recording_id}.wav")
    dropped(archive, other, f"Paul_{other.recording_id}.wav")
    journal = watched(archive)
    before, size = names_in(journal), journal.stat().st_size
    assert ingested(archive) == [Fate.DUPLICATE] * 2
    assert paths_with(archive, _PERSON)

    list(erase(archive, [call.conversation_id], ORDER))

    assert paths_with(archive, _PERSON) == []
    assert not any(str(call.recording_id) in name for name in names_in(journal))
    assert len(names_in(journal)) == len(before)
    assert f"incoming/Paul_{other.recording_id}.wav" in names_in(journal)
    assert journal.stat().st_size == size


def test_a_file_that_only_metadata_told_whose_it_is_goes_with_its_name(
    archive: Archive, simulator: Simulator
) -> None:
    call = someone(simulator)
    dropped(archive, call, f"{_PERSON}.wav")
    described(archive, call, f"{_PERSON}.wav")
    watched(archive)
    assert ingested(archive) == [Fate.DUPLICATE, Fate.KEPT]

    list(erase(archive, [call.conversation_id], ORDER))

    assert paths_with(archive, _PERSON) == []


def test_what_comes_after_the_erasure_leaves_no_name_either(
    archive: Archive, simulator: Simulator
) -> None:
    call = someone(simulator)
    list(erase(archive, [call.conversation_id], ORDER))
    path = archive.home.path(layout.INCOMING / f"{_PERSON}.wav")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"bytes")
    described(archive, call, f"{_PERSON}.wav")
    watched(archive)

    assert Fate.ERASED in ingested(archive)

    assert paths_with(archive, _PERSON) == []


def test_readers_and_a_watcher_at_work_go_on_as_before(
    archive: Archive, simulator: Simulator
) -> None:
    call, other = someone(simulator, 0), someone(simulator, 5)
    dropped(archive, call, f"{_PERSON}_{call.recording_id}.wav")
    path = archive.home.path(layout.JOURNAL)
    with closing(Journal(path)) as journal:
        looker = Looker(archive.home.root, journal, quiet_s=0)
        looker.look("incoming")  # its line is the first, which names the journal
        looker.look("audio")
        before = read_on(path, "", 0, most=1_000)

        list(erase(archive, [call.conversation_id], ORDER))
        dropped(archive, other, f"{other.recording_id}.wav")
        assert looker.look("incoming") == 1

    news = read_on(path, before.journal, before.end, most=1_000)
    assert news.journal == before.journal
    assert [entry.name for entry in news.entries] == [f"incoming/{other.recording_id}.wav"]
    with closing(Journal(path)) as again:
        assert len(again) == len(before.entries) + 1


def test_a_line_and_a_page_that_are_left_are_named_by_the_deep_check(
    archive: Archive, simulator: Simulator
) -> None:
    call = someone(simulator)
    page = archive.home.root / f"show-{call.recording_id}.html"
    list(erase(archive, [call.conversation_id], ORDER))
    page.write_text("the call")
    journal = archive.home.path(layout.JOURNAL)
    journal.parent.mkdir(exist_ok=True)
    journal.write_text(f'{{"name": "incoming/{_PERSON}_{call.recording_id}.wav"}}\n')

    causes = [found.cause for found in examine_archive(archive).violations["I14"]]
    list(erase(archive, [call.conversation_id], ORDER))

    assert causes == [
        f"erased, and {page.name} is left",
        "erased, and a name in watch/journal.jsonl is left",
    ]
    assert examine_archive(archive).violations["I14"] == []
    assert not page.exists()


def test_what_nobody_indexed_goes_from_the_drop_folder_and_its_quarantine_too(
    archive: Archive,
) -> None:
    for name in (f"{_PERSON}_{_STRANGER}.wav", f"later_{_STRANGER}.wav"):
        path = archive.home.path(layout.INCOMING / name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"bytes")
        if name.startswith(_PERSON):
            watched(archive)
            assert ingested(archive) == [Fate.QUARANTINED]
    wanted = replace(ORDER, is_in_advance=True)
    (told,) = survey(archive, [_STRANGER], is_in_advance=True)

    (done,) = erase(archive, [_STRANGER], wanted)

    assert paths_with(archive, _PERSON) == []
    assert [path.name for path in paths_with(archive, _STRANGER) if path.suffix == ".wav"] == []
    assert done.file_count == 3
    assert told == done
