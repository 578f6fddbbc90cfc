"""The media host behaves like an object store behind signed URLs."""

from datetime import date

import httpx
import pytest

from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed
from tests.conftest import Start

FAR = 4_000_000_000


@pytest.fixture
def host(start: Start) -> Simulator:
    return start()


def link(host: Simulator, expires: int = FAR) -> str:
    call = next(c for c in host.world.calls(date(2026, 1, 31)) if c.is_exportable)
    return signed(host.media_url, f"/media/{call.recording_id}/1", expires)


def test_a_range_continues_unchanged_content(host: Simulator) -> None:
    whole = httpx.get(link(host))
    headers = {"Range": "bytes=1000-", "If-Range": whole.headers["etag"]}

    rest = httpx.get(link(host), headers=headers)

    assert rest.status_code == 206
    assert (
        rest.headers["content-range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    )
    assert rest.content == whole.content[1000:]


@pytest.mark.parametrize("count", [1, 5_000, 1_000_000_000])
def test_a_range_can_be_the_end_of_the_file(host: Simulator, count: int) -> None:
    whole = httpx.get(link(host)).content

    end = httpx.get(link(host), headers={"Range": f"bytes=-{count}"})

    first = max(len(whole) - count, 0)
    assert end.status_code == 206
    assert end.headers["content-range"] == f"bytes {first}-{len(whole) - 1}/{len(whole)}"
    assert end.content == whole[-count:]


@pytest.mark.parametrize("text", ["*", '"old", {etag}', "{etag}"])
def test_one_of_several_versions_or_any_matches(host: Simulator, text: str) -> None:
    etag = httpx.get(link(host)).headers["etag"]

    answer = httpx.get(link(host), headers={"If-Match": text.format(etag=etag)})

    assert answer.status_code == 200


def test_changed_content_comes_whole(host: Simulator) -> None:
    answer = httpx.get(link(host), headers={"Range": "bytes=1000-", "If-Range": '"old"'})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "headers", "status"),
    [
        ("", {"Range": "bytes=900000000-"}, 416),
        ("", {"Range": "bytes=-0"}, 416),
        ("0", {}, 403),
        ("", {"Authorization": "Bearer x"}, 400),
        ("", {"If-Match": '"old"'}, 412),
    ],
    ids=["beyond the end", "nothing of the end", "tampered", "second credential", "other version"],
)
def test_it_refuses_as_a_store_does(
    host: Simulator, change: str, headers: dict[str, str], status: int
) -> None:
    assert httpx.get(link(host) + change, headers=headers).status_code == status


def test_an_expired_url_is_refused(host: Simulator) -> None:
    answer = httpx.get(link(host, expires=1))

    assert answer.status_code == 403
    assert "Request has expired" in answer.text
