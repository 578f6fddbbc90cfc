"""What the ledger has to say of a world, told from the simulator's own truth."""

import json
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import httpx

from recordings_pipeline.core.completeness import SENSITIVE
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.traits import LOSSES
from recordings_pipeline.storage.ledger import Ledger

_STATES = {
    "DELETED": (Outcome.MISSING, "deleted at the source"),
    "ERROR": (Outcome.MISSING, "the source failed to store it"),
    "UPLOADING": (Outcome.DEFERRED, "still uploading"),
    "RESTORING": (Outcome.DEFERRED, "still being restored"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One recording: outcome, its reason, and how many files there are of it."""

    outcome: Outcome
    reason: str
    files: int


def truths(simulator: Simulator, day: Day) -> list[dict[str, Any]]:
    """Ask the simulator what is true of each conversation of a day."""
    url = f"{simulator.base_url}/simulator/truth"
    lines = httpx.get(url, params={"day": day.key}, timeout=600).text.splitlines()
    return [json.loads(line) for line in lines]


def expected(found: list[dict[str, Any]]) -> dict[str, Told]:
    """Return how every recording has to stand, for a client without special permissions."""
    return {
        recording["recording_id"]: _told(recording)
        for conversation in found
        for recording in conversation["recordings"]
    }


def lost_legs(simulator: Simulator, day: Day) -> dict[str, str]:
    """Return how each leg was lost that was recorded, and of which nothing is ever listed."""
    return {
        leg.session_id: next(loss for loss in LOSSES if call.has(loss))
        for call in simulator.world.calls(day.date)
        if call.is_lost
        for leg in call.legs
        if leg.is_recorded
    }


def held(ledger: Ledger, day: Day) -> dict[str, Told]:
    """Return how every recording stands in the ledger."""
    files = ledger.files(day)
    return {
        id_: Told(standing.verdict.outcome, standing.verdict.reason, len(files.get(id_, ())))
        for id_, standing in ledger.standings(day).items()
    }


def short_world(name: str, folder: Path, calls: int, **shares: float) -> str:
    """Write a bundled world down with calls of some seconds, so that files are small."""
    bundled = resources.files("recordings_pipeline.simulator") / "worlds" / f"{name}.toml"
    given = {**tomllib.loads(bundled.read_text())["share"], "three_hours": 0.0, **shares}
    lines = [f"{trait} = {share}" for trait, share in given.items()]
    seconds = "median = 4\nspread = 0.3\nshortest = 3\nlongest = 9"
    text = f"calls_per_day = {calls}\n[seconds]\n{seconds}\n[share]\n" + "\n".join(lines)
    path = folder / f"{name}.toml"
    path.write_text(text + "\n")
    return str(path)


def busy_world(folder: Path, calls: int, **shares: float) -> str:
    """Write the bundled busy world down with calls of half a minute: every phase fits into them."""
    bundled = resources.files("recordings_pipeline.simulator") / "worlds" / "busy.toml"
    given = {**tomllib.loads(bundled.read_text())["share"], "three_hours": 0.0, **shares}
    lines = [f"{trait} = {share}" for trait, share in given.items()]
    seconds = "median = 40\nspread = 0.5\nshortest = 6\nlongest = 200"
    text = f"calls_per_day = {calls}\n[seconds]\n{seconds}\n[share]\n" + "\n".join(lines)
    path = folder / "busy.toml"
    path.write_text(text + "\n")
    return str(path)


def _told(recording: dict[str, Any]) -> Told:
    if recording["media"] != "audio":
        return Told(Outcome.EXCLUDED, f"media {recording['media']} is not exported", 0)
    if recording["file_state"] in _STATES:
        return Told(*_STATES[recording["file_state"]], 0)
    if recording["is_sensitive"]:
        return Told(Outcome.FORBIDDEN, SENSITIVE, 0)
    return Told(Outcome.EXPORTED, "", recording["file_count"])
