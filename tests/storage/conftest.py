"""Processes that do the same thing at the same time."""

import subprocess
from contextlib import ExitStack


def run_at_once(command: list[str], count: int) -> list[int]:
    """Start programs, let each go on once all have said that they are ready; return their codes."""
    with ExitStack() as stack:
        programs = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
            for _ in range(count)
        ]
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == b"ready\n"
        for program in programs:
            assert program.stdin is not None
            program.stdin.close()
        return [program.wait(60) for program in programs]
