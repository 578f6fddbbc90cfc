"""Faults of the disk."""

import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from tests.conftest import largest_file
from tests.faults.case import Fault, Left, Played, Shown, of
from tests.faults.scene import AUDIO, INDEX, Scene

_MOUNTED = "a file system in memory"


def mount(scene: Scene, path: Path, options: str) -> ExitStack:
    """Mount a small file system in memory, where that is allowed, until the scene or it closes."""
    path.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"mode=700,{options}", "none", str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("nobody may mount a file system here")
    mounted = scene.stack.enter_context(ExitStack())
    mounted.callback(subprocess.run, ["umount", "--lazy", str(path)], check=True)
    return mounted


def full(scene: Scene) -> None:
    """Fill the disk between index and files, and make room again."""
    mount(scene, scene.data, "size=16m")
    export = scene.export(scene.source())
    scene.run(export, INDEX)
    ballast = scene.data / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    scene.run(export, AUDIO)
    ballast.unlink()
    scene.run(export, AUDIO)


def no_inodes(scene: Scene) -> None:
    mount(scene, scene.data, "size=16m,nr_inodes=200")
    export = scene.export(scene.source())
    scene.run(export, INDEX)
    ballast = scene.data / "ballast"
    ballast.mkdir()
    with suppress(OSError):
        for number in range(1_000):
            (ballast / str(number)).touch()
    scene.run(export, AUDIO)
    for path in ballast.iterdir():
        path.unlink()
    ballast.rmdir()
    scene.run(export, AUDIO)


def too_large(scene: Scene) -> None:
    """Let the system refuse every byte of a file beyond 250 kB, as a quota does."""
    export = scene.export(scene.source())
    scene.run(export, INDEX)
    with largest_file(250_000):
        scene.run(export, AUDIO)
    scene.run(export, AUDIO)


def read_only(scene: Scene) -> None:
    mount(scene, scene.data, "size=16m")
    source = scene.source()
    with ExitStack() as ended:
        scene.run(scene.export(source, stack=ended), INDEX)
    again = ["mount", "-o", "remount,ro", str(scene.data)]
    subprocess.run(again, check=True)
    scene.attempt(lambda: scene.export(source))
    again[2] = "remount,rw"
    subprocess.run(again, check=True)
    scene.run(scene.export(source), AUDIO)


def in_the_way(scene: Scene) -> None:
    """Put a file where the folder of the day's audio has to be."""
    export = scene.export(scene.source())
    scene.run(export, INDEX)
    folder = export.home.path(layout.AUDIO / f"date={scene.day}")
    folder.touch()
    scene.run(export, AUDIO)
    folder.unlink()
    scene.run(export, AUDIO)


def another_disk(scene: Scene) -> None:
    """Put the day's audio on another file system than the parts."""
    export = scene.export(scene.source())
    scene.run(export, INDEX)
    folder = export.home.path(layout.AUDIO / f"date={scene.day}")
    with mount(scene, folder, "size=16m"):
        scene.run(export, AUDIO)
    scene.run(export, AUDIO)


def foreign_file(scene: Scene) -> None:
    source = scene.source()
    export = scene.export(source)
    scene.run(export, INDEX)
    call = source.world.calls(scene.day.date)[0]
    name = layout.audio_path(scene.day, call.conversation_id, str(call.recording_id), 1, "wav")
    foreign = export.home.path(name)
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"somebody else's")
    scene.run(export, AUDIO)
    scene.say(f"the file is {foreign.read_bytes().decode()}")
    foreign.unlink()
    scene.run(export, AUDIO)


FAULTS: list[Fault] = [
    Played(
        number="K1", name="The disk is full", how=f"{_MOUNTED}, filled between index and files",
        play=full, ends=("3 discovered", "fails", "3 exported"), told="space",
    ),
    Shown(
        number="K2", name="The disk is full for one file only",
        tests=(
            *of("storage/test_home",
                "test_a_full_disk_is_a_sentence_with_the_name_of_the_file"),
            *of("storage/test_ledger",
                "test_a_disk_that_takes_no_more_is_a_sentence_and_the_ledger_stays_whole"),
        ),
        ends="fails, with the file's name", told="free space, then run the day again",
    ),
    Played(
        number="K3", name="The disk has no inodes left", how=f"{_MOUNTED} with 200 of them",
        play=no_inodes, ends=("3 discovered", "fails", "3 exported"),
        told="could not be written: No space left on device",
    ),
    Played(
        number="K4", name="A quota, or a limit of file sizes",
        how="the system refuses what is beyond 250 kB of a file", play=too_large,
        ends=("3 discovered", "fails", "3 exported"),
        told="free space, then run the day again",
    ),
    Shown(
        number="K5", name="The disk fails to write, or to sync, a file",
        tests=(
            *of("crash/test_sweep",
                "test_every_call_goes_wrong_and_nothing_is_lost_or_left"),
            *of("storage/test_part_file",
                "test_a_part_that_cannot_be_synced_has_no_digest"),
            *of("storage/test_group_sync",
                "test_a_file_that_cannot_be_synced_is_named"),
            *of("storage/test_durable",
                "test_content_that_cannot_be_synced_is_not_published"),
        ),
        ends="fails; the file is not published",
    ),
    Left(
        number="K6", name="A write takes less than it was given",
        why="Linux does it to regular files only when the disk is full, which is K1 to K4",
    ),
    Played(
        number="K7", is_slow=True,
        name="The disk turns read-only", how=f"{_MOUNTED}, mounted read-only",
        play=read_only, ends=("3 discovered", "fails", "3 exported"),
        told="RECORDINGS_DATA is not writable",
    ),
    Shown(
        number="K8", name="No descriptors are left",
        tests=of("storage/test_home",
                 "test_where_no_descriptors_are_left_their_limit_is_to_be_raised"),
        ends="fails; the next run goes on",
        told="raise the limit of open files, then run the day again",
    ),
    Played(
        number="K9", name="A folder cannot be entered", how="a file stands in its place",
        play=in_the_way, ends=("3 discovered", "fails", "3 exported"),
        told="check the disk and its permissions",
    ),
    Played(
        number="K10", name="Parts and audio lie on different disks",
        how="the day's folder is another file system", play=another_disk,
        ends=("3 discovered", "fails", "3 exported"), told="Invalid cross-device link",
        is_slow=True,
    ),
    Shown(
        number="K11", name="A part is replaced by a link",
        tests=of("storage/test_part_file",
                "test_a_part_that_is_a_link_is_not_followed",
                "test_a_finished_file_that_changed_since_is_fetched_anew"),
        ends="not followed, fetched anew",
    ),
    Left(
        number="K12", name="Every sync takes 200 ms",
        why="it costs time and nothing else; how much is for a benchmark",
    ),
    Played(
        number="K13", is_slow=True, name="A foreign file has a recording's name",
        how="before the file comes", play=foreign_file,
        ends=("3 discovered", "2 exported, 1 retry", "the file is somebody else's", "3 exported"),
        told="exists and is not ours: move it away",
    ),
    Shown(
        number="K14", name="A disk that knows no hard links, or no exclusive renaming",
        tests=of("storage/test_durable",
                "test_a_disk_that_does_not_know_a_way_is_asked_for_the_next",
                "test_a_name_that_is_taken_stays_with_its_owner"),
        ends="another way is taken; nothing is replaced",
    ),
]  # fmt: skip
