"""What everybody did on the conversations of a day, read a page at a time."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Engine, func, select

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.speech import Stretch
from recordings_pipeline.core.standings import Course
from recordings_pipeline.core.stretches import stretches_from_text
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing

_PAGE = 1_000
_COLUMNS, _RECORDINGS = tables.conversations.c, tables.recordings.c

Told = tuple[str, tuple[Stretch, ...]]


class StretchBook:
    """Reads in pages: no transaction stays open that would keep the write-ahead log growing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_day(self, day: Day) -> Iterator[Told]:
        """Yield each of the day's conversations with its stretches, ordered by id."""
        last = ""
        is_theirs = _COLUMNS.day == day.key
        while page := self._page(is_theirs, _COLUMNS.conversation_id > last):
            yield from page
            last = page[-1][0]

    def courses(self, day: Day) -> Iterator[Course]:
        """Yield how each of the day's conversations went that has a recording, ordered by id."""
        last = ""
        while page := self._courses(day, last):
            yield from page
            last = page[-1].conversation_id

    def of(self, conversation_ids: Sequence[str]) -> dict[str, tuple[Stretch, ...]]:
        """Return the stretches of some conversations, by id; unknown ones are left out."""
        found: dict[str, tuple[Stretch, ...]] = {}
        for start in range(0, len(conversation_ids), _PAGE):
            chunk = conversation_ids[start : start + _PAGE]
            found |= self._page(_COLUMNS.conversation_id.in_(chunk))
        return found

    def _courses(self, day: Day, after: str) -> list[Course]:
        query = (
            select(
                _COLUMNS.conversation_id,
                func.min(_RECORDINGS.start_time),
                _COLUMNS.end_time,
                _COLUMNS.stretches,
            )
            .join(tables.recordings, _RECORDINGS.conversation_id == _COLUMNS.conversation_id)
            .where(
                _COLUMNS.day == day.key,
                _COLUMNS.conversation_id > after,
                _RECORDINGS.outcome != str(Outcome.ERASED),
            )
            .group_by(_COLUMNS.conversation_id)
            .order_by(_COLUMNS.conversation_id)
            .limit(_PAGE)
        )
        with storing(self._engine), self._engine.connect() as db:
            return [
                Course(id_, start, end, stretches_from_text(text))
                for id_, start, end, text in db.execute(query)
            ]

    def _page(self, *conditions: ColumnElement[bool]) -> list[Told]:
        query = select(_COLUMNS.conversation_id, _COLUMNS.stretches).where(*conditions)
        query = query.order_by(_COLUMNS.conversation_id).limit(_PAGE)
        with storing(self._engine), self._engine.connect() as db:
            return [(id_, stretches_from_text(text)) for id_, text in db.execute(query)]
