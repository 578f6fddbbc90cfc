"""Ways to play a fault that many cases share."""

from tests.faults.case import Play
from tests.faults.scene import CALLS, Scene


def plan(
    faults: str = "",
    *stages: str,
    runs: int = 1,
    pinned: dict[int, str] | None = None,
    calls: int = CALLS,
    **options: object,
) -> Play:
    """Export from a source that misbehaves by a plan.

    Args:
        faults: Names of the catalogue, or TOML entries.
        stages: What is run of the day; by default until the audio is there.
        runs: How often.
        pinned: Traits of calls, by number.
        calls: How many there are.
        options: Fields of the simulator's `Options`.
    """

    def play(scene: Scene) -> None:
        source = scene.source(faults, pinned=pinned, calls=calls, **options)
        export = scene.export(source)
        for _ in range(runs):
            scene.run(export, *stages)

    return play


def each(*plays: Play) -> Play:
    """Play one after the other, each from the beginning."""

    def play(scene: Scene) -> None:
        for number, one in enumerate(plays):
            one(scene.room(str(number)))

    return play


def fault(route: str, **what: object) -> str:
    """Return an entry of a plan, as TOML."""
    return _entry({"route": route, **what})


def named(name: str, **when: object) -> str:
    """Return an entry of the catalogue, as TOML."""
    return _entry({"name": name, **when})


def _entry(fields: dict[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in fields.items()]
    return "\n".join(["[[fault]]", *lines, ""])


def _value(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
