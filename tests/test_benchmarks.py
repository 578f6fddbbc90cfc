"""What the transfer benchmark relies on: known bytes, fair turns, honest sums."""

from pathlib import Path

import pytest

from benchmarks.racing.contestants import OURS, TUTORIAL, Contestant, Job
from benchmarks.racing.corpus import make_corpus, problems_of
from benchmarks.racing.late_server import late_server
from benchmarks.racing.measuring import ProgramFailed, Run
from benchmarks.racing.results import Verdict, best_of, ratio
from benchmarks.racing.track import Course, Track, in_turns


def took(*seconds: float) -> list[Run]:
    return [Run(wall, cpu_s=0, peak_mb=0, start_s=0, foreign_cores=0) for wall in seconds]


def test_what_is_missing_cut_changed_or_foreign_is_found(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path, "served", count=5, size=3_000)
    folder = tmp_path / "served"
    gone, cut, changed, *_ = sorted(folder.glob("*.wav"))
    assert problems_of(corpus, folder, {item.name: item.sha256 for item in corpus.items}) == []

    (folder / "foreign.wav").write_bytes(b"RIFF")
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    changed.write_bytes(bytes(3_000))

    assert problems_of(corpus, folder, told=None) == [
        f"{gone.stem}: missing",
        "foreign: not asked for",
        f"{cut.stem}: 2,999 bytes",
        f"{changed.stem}: other bytes",
    ]


def test_a_digest_that_a_client_tells_wrongly_is_found(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path, "served", count=1, size=3_000)

    assert problems_of(corpus, tmp_path, {corpus.items[0].name: "0" * 64}) != []


def test_a_file_asked_for_again_has_another_name_and_another_url(tmp_path: Path) -> None:
    items = make_corpus(tmp_path, "served", count=2, size=100).taken(5).items

    assert len({item.name for item in items}) == len({item.path for item in items}) == 5


def test_everyone_runs_once_a_round_and_another_one_begins() -> None:
    one, two = Contestant("one", lambda *_: []), Contestant("two", lambda *_: [])

    assert [runner.name for runner in in_turns([one, two], 3)] == [
        *("one", "two"),
        *("two", "one"),
        *("one", "two"),
    ]


def test_a_ratio_compares_runs_of_the_same_round() -> None:
    # The machine was ten times as slow in the second round, for both.
    assert ratio(took(1, 10, 1.5), took(2, 20, 2)) == 0.5


def test_the_best_of_the_others_has_the_shortest_median_time() -> None:
    runs = {"ours": took(1, 1, 1), "lucky": took(0.1, 5, 5), "steady": took(3, 3, 3)}

    assert best_of(runs, "ours") == "steady"


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "yes"), (1.01, "NO")], ids=["at the target", "above it"]
)
def test_a_target_is_met_up_to_its_limit(value: float, said: str) -> None:
    assert str(Verdict("ours", value, most=1.0)).endswith(f"(at most 1.00: {said})")


@pytest.mark.parametrize("contestant", [OURS, TUTORIAL], ids=lambda one: one.name)
def test_clients_of_ours_fetch_everything_and_say_what_it_took(
    contestant: Contestant, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    corpus = make_corpus(served, "files", count=4, size=50_000)
    with late_server(served, delay_s=0.01) as (pid, url):
        run = Track(tmp_path).run(contestant, Course(corpus, url, pid))

    assert run.wall_s >= 0.01
    assert run.start_s > 0
    assert run.peak_mb > 5


def test_a_program_that_leaves_files_out_does_not_count(tmp_path: Path) -> None:
    served = tmp_path / "served"
    course = Course(make_corpus(served, "files", count=2, size=100), "http://127.0.0.1:9", 1)

    def nothing(_job: Job, _options: tuple[str, ...]) -> list[str]:
        return ["true"]

    with pytest.raises(ProgramFailed, match="2 wrong files"):
        Track(tmp_path).run(Contestant("idle", nothing), course)
