"""Faults of processes, clocks, and of several at once."""

from datetime import UTC, datetime, timedelta

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from tests.faults.case import Fault, Left, Play, Played, Shown, of
from tests.faults.playing import each
from tests.faults.scene import AUDIO, INDEX, Scene


def no_ledger(scene: Scene) -> None:
    """Put something else where the ledger has to be, and take it away again."""
    source = scene.source()
    scene.data.mkdir()
    ledger = scene.data / layout.LEDGER
    ledger.write_bytes(b"written by something else " * 100)
    scene.attempt(lambda: scene.export(source))
    ledger.unlink()
    scene.run(scene.export(source))


def leftovers(scene: Scene) -> None:
    """Leave what a killed run leaves: a part of what is exported, half a record of a group."""
    export = scene.export(scene.source())
    scene.run(export)
    parts = export.home.path(layout.PARTS)
    exported = min(export.ledger.files(scene.day))
    (parts / f"{exported}.part").write_bytes(b"RIFF")
    (parts / f"{exported}.group").write_bytes(b'[{"recording": ')
    scene.run(export, AUDIO)


def clock_goes(hours: float) -> Play:
    """Fetch by a clock that was set since the index."""

    def play(scene: Scene) -> None:
        source = scene.source()
        scene.run(scene.export(source), INDEX)
        scene.run(scene.export(source, clock=lambda: scene.later(hours)), AUDIO)

    return play


def stopped_clock(scene: Scene) -> None:
    """Let everything happen in the same instant, twice."""
    instant = datetime(2026, 2, 3, tzinfo=UTC)
    export = scene.export(scene.source(), clock=lambda: instant)
    for _ in range(2):
        scene.run(export)


def odd_days(scene: Scene) -> None:
    """Export the last of a year, a leap day, and days on which clocks are changed."""
    for key in ("2025-12-31", "2024-02-29", "2026-03-29", "2025-10-26"):
        room = scene.room(key)
        room.day = Day.from_key(key)
        room.run(room.export(room.source(calls=1)))


def far_clock(scene: Scene) -> None:
    """Export by a clock after the end of 32-bit seconds."""
    instant = datetime(2040, 1, 1, tzinfo=UTC)
    scene.run(scene.export(scene.source(), clock=lambda: instant))


def busy(scene: Scene) -> None:
    export = scene.export(scene.source())
    scene.run(export, INDEX)
    with export.home.day_lock(scene.day):
        scene.run(export, AUDIO)
    scene.run(export, AUDIO)


def stale_lock(scene: Scene) -> None:
    """Leave the lock file of a process that died."""
    export = scene.export(scene.source())
    path = export.home.path(layout.lock_path(str(scene.day)))
    path.write_text("4242")
    scene.run(export)


def around_midnight(scene: Scene) -> None:
    """Export two neighbouring days into one directory."""
    source = scene.source()
    export = scene.export(source)
    scene.run(export)
    scene.day = Day(scene.day.date + timedelta(days=1))
    scene.run(export)


PROCESS: list[Fault] = [
    Shown(
        number="R1", name="Killed at a certain call of the system",
        tests=(
            *of("crash/test_sweep",
                "test_a_call_goes_wrong_and_nothing_is_lost_or_left",
                "test_every_call_goes_wrong_and_nothing_is_lost_or_left"),
            *of("storage/test_staging",
                "test_a_kill_between_staging_and_replacing_leaves_the_old_table_and_is_swept"),
            *of("stages/test_transfers",
                "test_a_file_published_before_a_crash_is_not_fetched_again"),
        ),
        ends="the next run finishes",
    ),
    Shown(
        number="R2", name="Killed at any time", tests=of("crash/test_kill",
                "test_a_killed_export_is_finished_by_the_next_and_no_byte_is_moved_twice"),
        ends="the next run finishes, and no byte is moved twice",
    ),
    Shown(
        number="R3", name="The power fails",
        tests=(
            *of("crash/test_power",
                "test_a_power_cut_loses_nothing_that_the_ledger_promised"),
            *of("storage/test_part_file",
                "test_bytes_are_on_the_disk_before_their_name_and_the_name_before_anybody_hears_of_it",
                "test_of_a_part_that_nobody_could_park"),
        ),
        ends="what has a name has its bytes; what was not synced is fetched again",
    ),
    Shown(
        number="R4", name="SIGTERM, Ctrl-C",
        tests=of("crash/test_stop",
                "test_a_stopped_export_parks_what_is_on_its_way_and_no_byte_is_moved_twice"),
        ends="ends within ten seconds; the next run continues", told="interrupted:",
    ),
    Left(
        number="R5", name="Stopped for minutes, then continued",
        why="to the run it is what U2, P11 and N14 are: expired tokens, expired links, dead "
            "connections",
    ),
    Left(
        number="R6", name="No memory is left",
        why="Linux kills the process, which is R2; an export has no worker processes",
    ),
    Shown(
        number="R7", name="Importing the SDK changes the process",
        tests=of("genesys/test_sdk",
                "test_the_process_is_afterwards_as_it_was",
                "test_the_sdk_comes_in_on_first_use_only"),
        ends="the process is as it was",
    ),
    Shown(
        number="R8", name="A thread meets an error that nobody expected",
        tests=(
            *of("stages/test_threads",
                "test_an_error_in_one_thread_stops_the_others_and_is_raised"),
            *of("genesys/test_media",
                "test_a_failure_comes_with_the_ending_and_the_reader_reads_on"),
        ),
        ends="the others are stopped, and the error is raised",
    ),
    Played(
        number="R9", name="What killed runs have left lies about",
        how="a part of an exported recording, and half a record of a group", play=leftovers,
        ends=("3 exported", "3 exported"),
    ),
    Played(
        number="R10", name="A ledger that cannot be read",
        how="another file has its name", play=no_ledger, ends=("fails", "3 exported"),
        told="file is not a database",
    ),
]  # fmt: skip

CLOCK: list[Fault] = [
    Played(
        number="C1", name="The clock is set back, or forward, while a day is exported",
        how="an hour back, and a day forward, between index and files",
        play=each(clock_goes(-1), clock_goes(24)),
        ends=("3 discovered", "3 exported") * 2, is_slow=True,
    ),
    Shown(
        number="C2", name="The source's clock differs from ours",
        tests=(
            *of("core/test_transfer",
                "test_a_host_may_say_when_to_come_back_and_is_believed_for_two_minutes"),
            *of("stages/test_transfers",
                "test_a_url_past_its_time_is_not_even_tried"),
        ),
        ends="a time to wait is told by the host's own clock",
    ),
    Played(
        number="C3", name="Days that are special in some calendar",
        how="the end of a year, a leap day, days on which clocks are changed", play=odd_days,
        ends=("1 exported",) * 4, is_slow=True,
    ),
    Played(
        number="C4", name="Everything happens in the same instant", how="a clock that stands",
        play=stopped_clock, ends=("3 exported", "3 exported"),
        is_slow=True,
    ),
    Played(
        number="C5", name="A time beyond 2038", how="a clock that says 2040", play=far_clock,
        ends=("3 exported",), is_slow=True,
    ),
]  # fmt: skip

CONCURRENCY: list[Fault] = [
    Played(
        number="X1", name="A day is exported twice at once",
        how="somebody holds the day's lock", play=busy,
        ends=("3 discovered", "fails", "3 exported"),
        told="is being exported by another process: wait for it, or stop it first",
    ),
    Played(
        number="X2", name="Neighbouring days share a directory", how="one after the other",
        play=around_midnight, ends=("3 exported", "3 exported"), is_slow=True,
    ),
    Played(
        number="X3", name="The lock of a process that is dead", how="its file is left",
        play=stale_lock, ends=("3 exported",),
    ),
    Shown(
        number="X4", name="Several processes write events at once",
        tests=(
            *of("storage/audit/test_sealing",
                "test_several_processes_neither_double_nor_lose_an_event"),
            *of("storage/test_home",
                "test_processes_take_turns_at_what_all_of_them_write"),
        ),
        ends="every event once, in order",
    ),
    Shown(
        number="X5", name="Somebody reads a table while it is replaced",
        tests=(
            *of("storage/test_catalog",
                "test_a_table_that_appears_is_taken_in_while_somebody_reads_the_old_one"),
            *of("storage/test_staging",
                "test_a_kill_between_staging_and_replacing_leaves_the_old_table_and_is_swept"),
        ),
        ends="the old one or the new one",
    ),
    Shown(
        number="X6", name="A recording is erased while its day is exported",
        tests=of("privacy/test_erasing",
                 "test_a_day_that_is_being_exported_is_left_for_another_time",
                 "test_no_later_run_brings_it_back"),
        ends="the erasure is put off; once done, no run brings it back",
    ),
    Shown(
        number="X7", name="A backup copies the directory while a day is exported",
        tests=of("storage/audit/test_sealing",
                 "test_a_backup_of_the_log_and_then_of_the_ledger_goes_on_where_it_is_put_back"),
        ends="copied in the README's order, it goes on where it is put back",
    ),
]  # fmt: skip
