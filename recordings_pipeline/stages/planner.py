"""What will an export take? Asks two questions a day, none about settled ones; moves nothing."""

from collections.abc import Sequence
from datetime import date, timedelta

from recordings_pipeline.core.allowance import DEFAULT_PER_MINUTE
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.holdings import Holdings
from recordings_pipeline.core.model import Conversation
from recordings_pipeline.core.plan_facts import Basis, DayFacts, Terms, basis_from
from recordings_pipeline.core.planner import Plan, plan_from
from recordings_pipeline.genesys import analytics
from recordings_pipeline.stages.export import Export

# So many of the latest exported days tell what conversations are like.
DAYS_TO_LEARN_FROM = 7


def plan_days(export: Export, days: Sequence[Day], *, reserve: float) -> Plan:
    """Predict what a run over some days takes, and remember it beside what will have happened.

    Costs four API calls and two a day; one where nothing is left to ask about.

    Args:
        export: The export to plan for; nothing of it moves.
        days: The days, in order; those that have not begun are left out.
        reserve: Share of the allowance that is left to others, 0 to 1.

    Raises:
        ConfigurationError: The data directory holds another organization's recordings.
        PermissionMissing: Conversations may not be read.
    """
    export.bind_organization()
    now = export.now()
    facts = [_facts(export, day) for day in days if day.start <= now]
    plan = plan_from(facts, _terms(export, reserve), _basis(export, facts))
    for day in plan.days:
        if not day.facts.is_settled:
            export.ledger.days.planned(
                day.day,
                now,
                recordings=day.recordings,
                calls=day.facts.spent_calls + day.call_count,
                size=day.facts.held.size_bytes + day.coming_bytes,
            )
    return plan


def _facts(export: Export, day: Day) -> DayFacts:
    standing = export.ledger.days.standing(day)
    held = export.ledger.totals.held(day)
    spent = standing.spent_calls if standing else 0
    if standing is not None and standing.is_settled:
        count = standing.conversation_count
        return DayFacts(day, True, count, 0, 0.0, 0.0, held, spent)  # noqa: FBT003 (a field)
    sample, recorded = analytics.recorded_page(export.client, day)
    everybody, count = analytics.first_page(export.client, day)
    return DayFacts(
        day=day,
        is_settled=False,
        conversation_count=count - _strangers(day, everybody),
        recorded_count=recorded - _strangers(day, sample),
        written_share=_written_share(everybody),
        mean_s=_mean_s(sample),
        held=held,
        spent_calls=spent,
    )


def _terms(export: Export, reserve: float) -> Terms:
    client = export.client
    return Terms(
        now=export.now(),
        available_until=analytics.available_until(client),
        metadata=export.metadata,
        per_minute=client.calls_per_minute() or DEFAULT_PER_MINUTE,
        reserve=reserve,
        url_lifetime_s=export.url_lifetime_s(),
        free_bytes=export.home.free_bytes(),
        used_bytes=export.home.used_bytes(),
        quota_bytes=export.quota_bytes,
        reserve_bytes=export.engine.reserve_bytes,
    )


def _basis(export: Export, facts: Sequence[DayFacts]) -> Basis:
    """Learn from the latest exported days, those of the plan included."""
    known = {item.day: item.held for item in facts}
    last = max((item.day.date for item in facts), default=date.min)
    latest = [standing.day for standing in export.ledger.days.standings(date.min, last)]
    held: list[Holdings] = []
    for day in reversed(latest):
        found = known.get(day) or export.ledger.totals.held(day)
        if found.size_bytes:
            held.append(found)
        if len(held) == DAYS_TO_LEARN_FROM:
            break
    return basis_from(held)


def _strangers(day: Day, page: Sequence[Conversation]) -> int:
    """Count who is active on the day and started before it: they come first."""
    return sum(found.start not in day for found in page)


def _written_share(page: Sequence[Conversation]) -> float:
    written = sum(found.may_have_recordings and not found.is_recorded for found in page)
    return written / len(page) if page else 0.0


def _mean_s(sample: Sequence[Conversation]) -> float:
    lengths = [found.end - found.start for found in sample if found.end is not None]
    return sum(lengths, timedelta()).total_seconds() / len(lengths) if lengths else 0.0
