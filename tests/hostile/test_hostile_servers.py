"""Whatever a media host does, a recording is whole under its name, or not there with a reason."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_pipeline.core.peers import Peers
from recordings_pipeline.core.secrets import signed_url
from tests.hostile.answers import ETAG, SIZE, SOURCE, honest, refusal
from tests.hostile.case import EXPORTED, QUARANTINED, Case
from tests.hostile.cases import CASES, SECTIONS
from tests.hostile.fetching import (
    LONGEST_WAIT_S,
    Happened,
    MediaReader,
    Reader,
    ReaderLimits,
    fetch,
    hold,
)
from tests.hostile.httpx_reader import HttpxReader
from tests.hostile.server import playing
from tests.hostile.table import DOCUMENT, document

LIMITS = ReaderLimits(connect_s=2.0, peers=Peers(is_loopback=True))
NewReader = Callable[[ReaderLimits], Reader]
READERS: dict[str, NewReader] = {"libcurl": MediaReader, "httpx": HttpxReader}

with_each_reader = pytest.mark.parametrize("new_reader", READERS.values(), ids=READERS)


@with_each_reader
@pytest.mark.parametrize("name", CASES)
def test_a_recording_ends_as_the_table_says(
    name: str, new_reader: NewReader, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case = CASES[name]
    caplog.set_level("DEBUG", "recordings_pipeline")
    if case.held:
        hold(tmp_path, SOURCE[: case.held], ETAG, SIZE)

    with playing(case.script) as host:
        url = signed_url(case.url.format(address=host.address))
        happened = fetch(url, tmp_path, lambda: new_reader(LIMITS), case.first_deadline_s)

    assert (happened.outcome, len(host.asked)) == (case.ends, case.requests)
    assert happened.told.startswith(case.told)
    assert "hush" not in happened.told + caplog.text
    assert case.is_resumed in (None, happened.is_resumed)
    check_what_lies_on_the_disk(case, happened)


def check_what_lies_on_the_disk(case: Case, happened: Happened) -> None:
    published = case.content if case.ends == EXPORTED else None
    assert digest(happened.content) == digest(published)
    assert digest(happened.aside) == digest(case.content if case.ends == QUARANTINED else None)
    if case.kept is not None:
        assert happened.part in ((None, b"") if case.kept == 0 else (SOURCE[: case.kept],))


def digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


@with_each_reader
def test_a_host_that_names_a_time_is_left_alone_until_then(
    new_reader: NewReader, tmp_path: Path
) -> None:
    with playing([refusal(503, "SlowDown", "Retry-After: 60"), honest]) as host:
        url = signed_url(f"http://{host.address}/")
        happened = fetch(url, tmp_path, lambda: new_reader(LIMITS), None)

    assert happened.outcome == EXPORTED
    assert happened.waited_s >= LONGEST_WAIT_S


def test_every_case_is_a_different_fact() -> None:
    assert len(CASES) == sum(map(len, SECTIONS.values())) >= 40


def test_the_document_is_the_table() -> None:
    assert DOCUMENT.read_text() == document()
