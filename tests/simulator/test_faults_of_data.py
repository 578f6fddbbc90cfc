"""What is wrong with what an answer says."""

from collections.abc import Callable
from typing import Any

import pytest

from recordings_pipeline.simulator.distortions import HOSTILE_IDS
from tests.simulator.raw import INTERVAL, Caller, Seen, shows, told

Json = Any
DETAILS = "/api/v2/analytics/conversations/details"


def page(me: Caller, number: int = 1, size: int = 4) -> Json:
    paging = {"pageSize": size, "pageNumber": number}
    return me.post(f"{DETAILS}/query", {"interval": INTERVAL, "paging": paging}).json


def ids(found: Json) -> list[str]:
    return [item["conversationId"] for item in found["conversations"]]


def metadata(me: Caller) -> Seen:
    return me.get(f"/api/v2/conversations/{told(me.simulator).conversation_id}/recordingmetadata")


@shows("unknown-enums")
def test_words_of_a_future_version_come(me: Caller) -> None:
    me.suffer("unknown-enums")

    hit, good = metadata(me).json, metadata(me).json

    assert {item["fileState"] for item in hit} == {item["media"] for item in hit} == {"FROZEN"}
    assert hit == [{**item, **frozen(item)} for item in good]
    assert {item["media"] for item in good} == {"audio"}
    assert me.fired() == {"unknown-enums": 1}


def frozen(item: Json) -> Json:
    return {name: "FROZEN" for name in ("fileState", "media", "mediaSubtype") if name in item}


@shows("unknown-fields")
def test_fields_of_a_future_version_come_in_every_object(me: Caller) -> None:
    me.suffer("unknown-fields")

    hit, good = page(me), page(me)

    assert hit["futureField"] == {"a": [1]}
    assert hit["conversations"][0]["participants"][0]["futureField"] == {"a": [1]}
    assert without("futureField", hit) == good
    assert me.fired() == {"unknown-fields": 1}


def without(name: str, found: Json) -> Json:
    if isinstance(found, dict):
        return {key: without(name, value) for key, value in found.items() if key != name}
    return [without(name, item) for item in found] if isinstance(found, list) else found


@shows("nulls")
def test_texts_are_null_except_the_ids(me: Caller) -> None:
    me.suffer("nulls")

    hit, good = metadata(me).json, metadata(me).json

    assert [item["id"] for item in hit] == [item["id"] for item in good]
    assert {item["fileState"] for item in hit} == {item["sessionId"] for item in hit} == {None}
    assert all(item["fileState"] for item in good)
    assert me.fired() == {"nulls": 1}


@shows("hostile-ids")
def test_one_id_of_each_kind_is_hostile(me: Caller) -> None:
    me.suffer("hostile-ids")

    hit, good = metadata(me).json, metadata(me).json

    changed = {key for key, value in hit[0].items() if value != good[0][key]}
    assert changed == {"id", "conversationId", "sessionId"}
    assert {hit[0][key] for key in changed} <= {*HOSTILE_IDS}
    assert hit[1:] == good[1:]
    assert me.fired() == {"hostile-ids": 1}


PAGES: dict[str, Callable[[list[str]], list[str]]] = {
    "duplicate-pages": lambda day: [*day[4:8], day[4]],
    "shifting-pages": lambda day: day[1:5],
    "short-pages": lambda day: day[4:7],
}


@shows(*PAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_not_what_paging_promises(me: Caller, name: str) -> None:
    day = ids(page(me, size=12))
    me.suffer(name)

    hit, good = page(me, 2), page(me, 2)

    assert ids(hit) == PAGES[name](day)
    assert ids(good) == day[4:8]
    assert hit["totalHits"] == good["totalHits"]
    assert me.fired() == {name: 1}


def test_the_first_page_does_not_shift(me: Caller) -> None:
    me.suffer("shifting-pages")

    assert ids(page(me, 1)) == ids(page(me, size=12))[:4]
    assert me.fired() == {}
