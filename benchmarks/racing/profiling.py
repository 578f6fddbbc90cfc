"""Where a program's threads spend their time: a profile of each, printed to standard error."""

import cProfile
import pstats
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_LINES = 18


@contextmanager
def profiled(*, is_wanted: bool) -> Generator[None]:
    """Profile the threads that start in a ``with`` block, and the calling one.

    Those that do the same are added up: their names differ in the number at the end only.
    """
    if not is_wanted:
        yield
        return
    if sys.version_info >= (3, 12):
        sys.exit("--profile needs Python 3.11: from 3.12 on, cProfile follows one thread only")
    profiles: list[tuple[str, cProfile.Profile]] = []

    def start(_frame: FrameType | None = None, _event: str = "", _argument: object = None) -> None:
        profile = cProfile.Profile()
        profiles.append((threading.current_thread().name, profile))
        profile.enable()  # takes the place of this hook in this thread

    threading.setprofile(start)
    start()
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        _print(profiles)


def _print(profiles: list[tuple[str, cProfile.Profile]]) -> None:
    by_kind: dict[str, list[cProfile.Profile]] = {}
    for name, profile in profiles:
        by_kind.setdefault(name.rstrip("0123456789"), []).append(profile)
    for kind, same in by_kind.items():
        print(f"\n{len(same)} of {kind}", file=sys.stderr)
        stats = pstats.Stats(*same, stream=sys.stderr)
        stats.strip_dirs().sort_stats("tottime").print_stats(_LINES)
