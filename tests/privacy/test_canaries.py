"""After a run with faults no secret is on the disk, and no word where it does not belong."""

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.catalogue import NAMES
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day
from tests.cli.conftest import environment
from tests.conftest import Start, settings_of
from tests.privacy.ages import PRIVATE, PUBLIC, raw
from tests.privacy.conftest import DAY
from tests.privacy.searching import Canaries, leaks, planted
from tests.trust_results import record
from tests.truth import short_world

# Whatever anybody logs at any level goes to Dagster's event log, as no sensible person has it.
_INSTANCE = "python_logs:\n  managed_python_loggers: [root]\n  python_log_level: DEBUG\n"
_FEW = (
    "cut-bodies:0.2,expired-urls:0.2,html-media:0.1,malformed-transcripts:0.1,gone:0.1,"
    "rate-limited/7,unauthorized/11,server-error/13,redirect:0.1,foreign-urls:0.1"
)
# Each makes a run end before it has seen anything, or last for minutes.
_NO_END = {
    "hang",
    "stalled-json",
    "drip-json",
    "rate-limited-for-hours",
    "stalled-bodies",
    "drip",
    "login-refused",
    "missing-permission",
    "batch-stuck",
    "batch-without-status",
    "length-too-long",
    "json-bomb",
    "gzip-bomb",
}
_ALL = ",".join(f"{name}:0.03" for name in NAMES if name not in _NO_END)


def run(simulator: Simulator, folder: Path, keys: dict[str, str]) -> str:
    """Run the day in a Dagster instance of its own, as somebody with an open umask would."""
    home = folder / "dagster"
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text(_INSTANCE)
    ours = {"DAGSTER_HOME": str(home), "RECORDINGS_DATA": str(folder / "data")}
    # A run ends when whoever started it is gone, and closes its standard input.
    held, holder = os.pipe()
    done = subprocess.run(
        [sys.executable, "-m", "recordings_pipeline.cli.run_day", DAY.key],
        env=environment(**simulator.environment, **ours, **keys, DAGSTER_DISABLE_TELEMETRY="1"),
        stdin=held,
        capture_output=True,
        text=True,
        umask=0o022,
        timeout=500,
        check=False,
    )
    for end in (held, holder):
        os.close(end)
    with (folder / "printed.txt").open("a") as printed:
        printed.write(done.stdout + done.stderr)
    return done.stdout


@pytest.mark.parametrize(
    ("world", "faults", "keys"),
    [
        ("plain", _FEW, PUBLIC | PRIVATE),
        pytest.param("plain", _FEW, {}, marks=pytest.mark.slow),
        pytest.param("hostile", _ALL, PUBLIC | PRIVATE, marks=pytest.mark.slow),
    ],
    ids=["some faults", "some faults, nothing encrypted", "all faults"],
)
def test_nothing_that_is_secret_or_said_lies_where_it_must_not(
    start: Start, tmp_path: Path, world: str, faults: str, keys: dict[str, str]
) -> None:
    written = short_world(world, tmp_path, 16 if world == "hostile" else 8)
    simulator = start(world=written, faults=faults, requests_per_minute=60_000)

    run(simulator, tmp_path, keys)
    if world == "hostile":  # what stopped it is on the disk; now for what comes after the index
        run(start(world=written, faults=_FEW), tmp_path, keys)

    assert {path.suffix == ".age" for path in raw(tmp_path / "data")} == {bool(keys)}
    canaries = planted(simulator, tmp_path / "data", *PRIVATE.values())
    assert len(canaries.words) > 2
    assert len(canaries.personal) > 10
    assert list((tmp_path / "dagster").rglob("*.db"))
    assert leaks(tmp_path, canaries) == []
    open_to_others = [
        str(path.relative_to(tmp_path))
        for path in (tmp_path / "data").rglob("*")
        if path.lstat().st_mode & 0o077
    ]
    assert open_to_others == []
    count = len(canaries.secrets | canaries.personal | canaries.words)
    told = f"{len(canaries.secrets)} secrets, {len(canaries.personal)} names and numbers"
    told += f", {len(canaries.words)} phrases"
    where = f"a {world} world, {'encrypted' if keys else 'nothing encrypted'}"
    record("canaries", where, "none found", told, count)
    assert leaks_after_planting(tmp_path, canaries) == [
        "dagster/note: secret",
        "data/audit/note: person",
        "data/ledger.db: word",
        "data/raw/note: secret",
    ]
    told = "4 files with what must not be in them, 4 named"
    record("canaries", f"planted on purpose, a {world} world", "all found", told, 4)


def leaks_after_planting(folder: Path, canaries: Canaries) -> list[str]:
    """Put what must not be there where it would hurt: a search that finds nothing proves little."""
    data = folder / "data"
    number, word = min(canaries.personal), min(canaries.words)
    with (data / "ledger.db").open("ab") as ledger:
        ledger.write(word)
    (data / "audit" / "note").write_bytes(b"x" + number + b"x")
    (data / "raw" / "note").write_bytes(word + number + b"?Signature=0123456789abcdef")
    (folder / "dagster" / "note").write_bytes(min(canaries.secrets))
    return leaks(folder, canaries)


def test_what_holds_a_secret_does_not_show_it(start: Start, tmp_path: Path) -> None:
    simulator = start(faults="server-error", calls_per_day=2)
    settings = settings_of(simulator, tmp_path)
    address = {"RECORDINGS_LEDGER_URL": "postgresql://user:hush@host/ledger"}
    fields = {name.lower(): value for name, value in (simulator.environment | address).items()}
    url = signed_url("https://user:hush@media.example/x?Signature=0123456789abcdef")
    secret = simulator.environment["GENESYS_CLIENT_SECRET"]
    shown = [
        repr(settings),
        repr(settings_of(simulator, tmp_path, **address)),
        repr(Organization(**fields)),
        repr(url),
        str(url),
        f"{url}",
        url.host,
    ]

    with open_export(settings) as export:
        shown += [repr(export), repr(export.client), repr(vars(export.client))]
        try:
            index_day(export, DAY)
        except RecordingsError as error:
            shown.append("".join(traceback.format_exception(error)))

    text = os.linesep.join(shown)
    assert not any(hidden in text for hidden in (secret, "hush", "0123456789abcdef"))
