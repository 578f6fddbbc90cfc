"""The world: every conversation of every day, made from a seed when somebody asks for it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import overload

from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.columns import LEAD_MS, Columns, columns_of
from recordings_pipeline.simulator.ids import Place, generator, make_id, named_id, place_of
from recordings_pipeline.simulator.legs import Cast, legs_of
from recordings_pipeline.simulator.recordings import Ids, planted, recordings_of
from recordings_pipeline.simulator.shape import Shape
from recordings_pipeline.simulator.timeline import Phase, timeline_of
from recordings_pipeline.simulator.traits import LOSSES, MEDIA, ORPHANS, has

CACHED_DAYS, CACHED_CALLS = 32, 8_192
# A day a world never had: two centuries around now are enough for any test.
FIRST_YEAR, LAST_YEAR = 1950, 2090
# Recordings are listed a minute after the call, transcripts four minutes later.
_LISTED, _TOLD = timedelta(minutes=1), timedelta(minutes=5)
# What is late is late by one of these, by the number of the call.
LATE_HOURS = (1, 30, 50)
_LEAD = timedelta(milliseconds=LEAD_MS)


class World:
    """Everything a seed and a shape imply; equal worlds are equal to the last bit."""

    def __init__(self, seed: int, shape: Shape) -> None:
        self.seed = seed
        self.shape = shape
        self.organization_id = named_id(seed, "organization")
        self.columns = lru_cache(maxsize=CACHED_DAYS)(self._columns)
        self._call = lru_cache(maxsize=CACHED_CALLS)(self._made)

    @property
    def calls_per_day(self) -> int:
        return self.shape.calls_per_day

    def calls(self, day: date) -> "DayCalls":
        """Return the conversations that started on a UTC day, ordered by start."""
        return DayCalls(self, day)

    def call(self, day: date, index: int) -> Call:
        """Return the n-th conversation of a day."""
        return self._call(day, index)

    def find(self, text: str) -> Call | None:
        """Return the conversation an id belongs to, whatever of it the id names."""
        place = place_of(self.seed, text)
        if place is None or not 0 <= place.index < self.calls_per_day:
            return None
        return self._call(place.day, place.index)

    def recording(self, recording_id: str) -> Recording | None:
        """Return the recording with an id, planted ones included."""
        call, place = self.find(recording_id), place_of(self.seed, recording_id)
        if call is None or place is None:
            return None
        if place.kind == "planted":
            return self.planted(call)
        return next((found for found in call.recordings if found.id == recording_id), None)

    def planted(self, call: Call) -> Recording | None:
        """Return the recording that can turn up late in a call; None where nothing is heard."""
        if not call.phases:
            return None
        return planted(self._cast(call.day, call.index), self._ids(call.day, call.index))

    def _columns(self, day: date) -> Columns:
        return columns_of(self.seed, day, self.shape)

    def _cast(self, day: date, index: int) -> Cast:
        columns = self.columns(day)
        bits, length_ms = int(columns.bits[index]), int(columns.length_ms[index])
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        start = midnight + timedelta(milliseconds=int(columns.start_ms[index]))
        recorded_at = start + _LEAD
        phases: tuple[Phase, ...] = ()
        if not any(has(bits, trait) for trait in (*MEDIA, "abandoned")):
            rng = generator(self.seed, day, index, "timeline")
            phases = timeline_of(bits, length_ms, rng)
        return Cast(
            seed=self.seed,
            day=day,
            index=index,
            bits=bits,
            agents=tuple(int(agent) for agent in columns.agents[index]),
            start=start,
            recorded_at=recorded_at,
            ended=recorded_at + timedelta(milliseconds=length_ms) + _LEAD,
            phases=phases,
        )

    def _made(self, day: date, index: int) -> Call:
        columns, cast, ids = self.columns(day), self._cast(day, index), self._ids(day, index)
        bits = cast.bits
        legs = legs_of(cast)
        queue = int(columns.queue[index])
        late = timedelta(hours=LATE_HOURS[index % len(LATE_HOURS)])
        # A transcript is deleted, or lost, together with its recording.
        untold = ("untranscribed", "deleted", *LOSSES)
        is_told = bool(cast.phases) and not any(has(bits, trait) for trait in untold)
        number = int(generator(self.seed, day, index, "ani").integers(10**6, 10**7))
        return Call(
            day=day,
            index=index,
            bits=bits,
            conversation_id=ids.conversation_id,
            start=cast.start,
            end=None if has(bits, "open") else cast.ended,
            ended=cast.ended,
            ani=f"tel:+1555{number}",
            dnis="tel:+15550100199",
            queue=queue,
            queue_id=named_id(self.seed, "queue", queue),
            division_id=named_id(self.seed, "division", int(columns.division[index])),
            legs=legs,
            communication_id=ids.communication_id,
            phases=cast.phases,
            recordings=recordings_of(cast, ids),
            available=cast.ended + (late if has(bits, "late_recording") else _LISTED),
            told=cast.ended + (late if has(bits, "late_transcript") else _TOLD)
            if is_told
            else None,
            orphan_id=make_id(self.seed, Place(day, index, "orphan"))
            if any(has(bits, trait) for trait in ORPHANS)
            else None,
        )

    def _ids(self, day: date, index: int) -> Ids:
        kinds = ("conversation", "customer", "agent")
        return Ids(*(make_id(self.seed, Place(day, index, kind)) for kind in kinds))


class DayCalls(Sequence[Call]):
    """A day's conversations, made one by one as they are asked for."""

    def __init__(self, world: World, day: date) -> None:
        self._world = world
        self._day = day

    def __len__(self) -> int:
        return self._world.calls_per_day

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._world.call(self._day, index % len(self))

    def __iter__(self) -> Iterator[Call]:
        return (self._world.call(self._day, index) for index in range(len(self)))
