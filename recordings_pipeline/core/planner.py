"""What an export will take, said before anything moves: calls, hours, bytes, and whether it fits.

The calls are counted by `core.costs`; what earlier days were like replaces what is assumed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recordings_pipeline.core import costs
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import reads_by_job
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.plan_facts import Basis, DayFacts, Terms
from recordings_pipeline.core.preflight import (
    Room,
    failures,
    room_findings,
)
from recordings_pipeline.core.settling import is_old_enough

MINUTES_OF_A_DAY = 24 * 60
_DUE = (Outcome.DISCOVERED, Outcome.RETRY, Outcome.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What one run of a day's stages is predicted to take.

    Attributes:
        recordings: All recordings of the day, those from before included.
        calls: API calls by kind.
        coming_bytes: Audio still to be fetched.
        is_final: Whether the day can be settled by this run.
    """

    facts: DayFacts
    recordings: int
    calls: Mapping[str, int]
    coming_bytes: int
    is_final: bool

    @property
    def day(self) -> Day:
        return self.facts.day

    @property
    def call_count(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a range of days is predicted to take."""

    days: tuple[DayPlan, ...]
    terms: Terms
    basis: Basis

    @property
    def calls(self) -> dict[str, int]:
        return costs.sum_by_kind([day.calls for day in self.days])

    @property
    def call_count(self) -> int:
        return sum(self.calls.values())

    @property
    def coming_bytes(self) -> int:
        return sum(day.coming_bytes for day in self.days)

    @property
    def headroom_bytes(self) -> int:
        """What disk, its reserve and quota leave when all is there; below 0 it does not fit."""
        left = [self.terms.free_bytes - self.terms.reserve_bytes]
        if self.terms.quota_bytes is not None:
            left.append(self.terms.quota_bytes - self.terms.used_bytes)
        return min(left) - self.coming_bytes

    @property
    def allowance_time(self) -> timedelta:
        return timedelta(minutes=self.call_count / self.terms.usable_per_minute)

    @property
    def download_time(self) -> timedelta | None:
        """How long the audio takes; None for not known."""
        if not self.coming_bytes:
            return timedelta()
        if not self.basis.download_bytes_per_s:
            return None
        return timedelta(seconds=self.coming_bytes / self.basis.download_bytes_per_s)

    @property
    def completion(self) -> datetime:
        """When it is done if it starts now: stages follow each other, so that times add up."""
        return self.terms.now + self.allowance_time + (self.download_time or timedelta())

    @property
    def provisional(self) -> tuple[Day, ...]:
        """Days that this run cannot settle: they are to be run again."""
        return tuple(day.day for day in self.days if not day.is_final)


def plan_from(days: Sequence[DayFacts], terms: Terms, basis: Basis) -> Plan:
    """Predict what one run over some days takes, in their order."""
    first = next((facts.day for facts in days if not facts.is_settled), None)
    return Plan(
        tuple(_day_plan(facts, terms, basis, is_first=facts.day == first) for facts in days),
        terms,
        basis,
    )


def refusals(plan: Plan) -> tuple[str, ...]:
    """Return why a plan cannot work, with what to do; empty when it can.

    It does not when the audio does not fit, when a hundred URLs die before the calls that make
    them are through, or when a day's calls need more than a day: then every day is further behind.
    """
    return (*_without_room(plan), *_without_allowance(plan))


def _day_plan(facts: DayFacts, terms: Terms, basis: Basis, *, is_first: bool) -> DayPlan:
    held, left = facts.held, _left(facts, basis)
    mean_s = facts.mean_s if basis.mean_s is None else basis.mean_s
    load = costs.Load(
        is_settled=facts.is_settled,
        is_first=is_first,
        is_old_enough=is_old_enough(facts.day, terms.now),
        by_job=reads_by_job(facts.day, facts.conversation_count, terms.available_until),
        conversation_count=facts.conversation_count,
        asked_count=left.asked,
        fetched_count=left.fetched,
        transcript_count=left.transcripts,
        metadata=terms.metadata,
        odd_share=basis.odd_share,
        calls_while_urls_live=_calls_while_urls_live(terms),
    )
    is_behind = terms.available_until is not None and terms.available_until < facts.day.end
    return DayPlan(
        facts,
        max(left.recordings, held.recording_count),
        costs.calls_by_kind(load),
        round(left.fetched * mean_s * basis.bytes_per_s),
        is_final=facts.is_settled or (load.is_old_enough and not is_behind),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left of a day, in conversations to ask about and to fetch, and in transcripts."""

    recordings: int
    asked: int
    fetched: int
    transcripts: int


def _left(facts: DayFacts, basis: Basis) -> _Left:
    held = facts.held
    if facts.is_settled:
        due = sum(held.counts.get(str(outcome), 0) for outcome in _DUE)
        return _Left(held.recording_count, asked=0, fetched=due, transcripts=0)
    written = round(facts.conversation_count * facts.written_share)
    audio = round(facts.recorded_count * basis.recordings)
    return _Left(
        audio + written,
        asked=max(facts.recorded_count + written - held.final_count, 0),
        fetched=max(facts.recorded_count - held.done_count, 0),
        transcripts=max(audio - held.transcript_count, 0),
    )


def _calls_while_urls_live(terms: Terms) -> int:
    return int(terms.usable_per_minute * terms.url_lifetime_s / 60)


def _without_room(plan: Plan) -> tuple[str, ...]:
    terms = plan.terms
    room = Room(
        predicted_bytes=plan.coming_bytes,
        held_bytes=sum(day.facts.held.size_bytes for day in plan.days),
        free_bytes=terms.free_bytes,
        used_bytes=terms.used_bytes,
        quota_bytes=terms.quota_bytes,
        reserve_bytes=terms.reserve_bytes,
    )
    return failures(room_findings(room))


def _without_allowance(plan: Plan) -> Iterable[str]:
    terms, rate = plan.terms, plan.terms.usable_per_minute
    if plan.calls["batches"] and _calls_while_urls_live(terms) < costs.CALLS_OF_A_BATCH:
        yield (
            f"URL lifetime: {terms.url_lifetime_s:.0f} s, in which {rate} calls a minute do not "
            f"suffice for the {costs.CALLS_OF_A_BATCH} of a batch; raise the batch download URL "
            "lifetime in the recording settings, or the allowance"
        )
    longest = max(plan.days, key=lambda day: day.call_count, default=None)
    if longest is not None and longest.call_count > rate * MINUTES_OF_A_DAY:
        hours = longest.call_count / rate / 60
        yield (
            f"API allowance: {longest.day} needs {longest.call_count} calls, {hours:.1f} hours at "
            f"{rate} a minute, and more than 24 never catch up; use RECORDINGS_METADATA="
            "when_needed, lower RECORDINGS_API_RESERVE_PERCENT, or ask the vendor for more"
        )
