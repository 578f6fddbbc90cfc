"""Faults of what runs us, and of where things might be stored."""

from tests.faults.case import Fault, Left, Shown, of

_NO_STORE = "audio goes to a file system only; nothing writes to an object store"

DAGSTER: list[Fault] = [
    Shown(
        number="G1", name="A run is killed",
        tests=(
            *of("crash/test_kill",
                "test_a_killed_export_is_finished_by_the_next_and_no_byte_is_moved_twice"),
            *of("defs/test_run_days",
                "test_an_interrupted_range_keeps_the_days_that_were_done"),
        ),
        ends="the next run of the day finishes it; nothing has to be cleaned up",
    ),
    Shown(
        number="G2", name="A tick is repeated, or dies in its middle",
        tests=(
            *of("defs/test_sensors",
                "test_a_tick_that_died_after_it_told_the_ledger_loses_no_run"),
            *of("defs/test_jobs",
                "test_a_tick_that_is_repeated_asks_for_the_same_runs_and_the_next_one_for_others"),
        ),
        ends="the same runs are asked for",
    ),
    Shown(
        number="G3", name="A tick meets a flood of files",
        tests=of("defs/test_bounded_ticks",
                "test_a_tick_on_a_flood_takes_less_than_five_seconds_and_loses_nothing",
                "test_more_days_than_a_tick_may_ask_for_are_asked_for_by_the_next"),
        ends="it ends in seconds, and the next one goes on",
    ),
    Shown(
        number="G4", name="Two ticks overlap",
        tests=of("defs/test_sensors",
                "test_ticks_that_overlap_ask_for_the_same_runs_though_more_has_come_meanwhile"),
        ends="both ask for the same runs",
    ),
    Shown(
        number="G5", name="A step is run again",
        tests=of("defs/test_range_of_days",
                "test_the_days_around_one_that_fails_stay_green_and_a_retry_takes_the_rest"),
        ends="only what is left is done",
    ),
    Shown(
        number="G6", name="Many runs at once share one allowance",
        tests=of("genesys/test_allowance",
                "test_four_processes_use_one_allowance_up_and_are_never_refused"),
        ends="all of it is used, and nobody is refused",
    ),
    Left(number="G7", name="The instance's own database is locked",
         why="it is Dagster's; our ledger is another file"),
    Left(number="G8", name="The event log grows without end",
         why="it takes days to show; events are a few for each day"),
    Shown(
        number="G9", name="A file is lost after its day was materialized",
        tests=(
            *of("defs/test_archive",
                "test_the_check_names_what_differs_and_asks_nobody"),
            *of("stages/test_answers",
                "test_a_lost_file_that_does_not_come_again_says_what_the_source_says_of_it"),
        ),
        ends="the check names it; the next run fetches it",
    ),
    Left(number="G10", name="The code location is reloaded while a run goes on",
         why="runs are processes of their own; it is Dagster that keeps them apart"),
    Shown(
        number="G11", name="A table is written in part",
        tests=of("storage/test_staging",
                "test_a_writer_that_is_left_early_publishes_nothing",
                "test_a_table_that_fails_a_check_is_not_published"),
        ends="the old one stays; Dagster's own writing is not used",
    ),
]  # fmt: skip

STORE: list[Fault] = [
    Left(number=f"O{number}", name=name, why=_NO_STORE)
    for number, name in enumerate(
        (
            "An upload in parts is interrupted",
            "An upload times out, and has arrived",
            "Completing an upload fails",
            "Somebody else writes the same object",
            "A lock refuses to delete",
            "Credentials expire in the middle of an upload",
            "A checksum of an upload differs",
            "A listing is behind",
        ),
        1,
    )
]
