"""Tells people of failed runs and failed checks.

To tell them in another way, give `Definitions` another resource named ``notifier``: anything with
``is_wanted`` and ``tell``.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import dagster as dg

from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.notices import SECRET, URL, Notice, receiver_from

if TYPE_CHECKING:
    from recordings_pipeline.core.notices import Receiver

# A receiver has ten seconds for each, and a tick sixty for all.
MOST_RUNS_PER_TICK = 5
_MOST_REASONS = 10
_ENDS: tuple[Literal[dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_SUCCESS], ...] = (
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.RUN_SUCCESS,
)
_PARTITION = "dagster/partition"


class Notifier(dg.ConfigurableResource[Any]):
    """Sends notices as signed webhooks; without an address there is nobody to tell."""

    url: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        """Show nothing: the address of a webhook is a secret as well."""
        return "Notifier(hidden)"

    __str__ = __repr__

    @property
    def is_wanted(self) -> bool:
        """Whether anybody wants to be told."""
        return self._receiver() is not None

    def tell(self, notice: Notice) -> None:
        """Send a notice.

        Raises:
            Unreachable: It did not arrive; it may be sent again, with the same id.
            UnexpectedStatus: It was refused.
        """
        from recordings_pipeline.genesys.webhook import deliver

        if (receiver := self._receiver()) is not None:
            deliver(receiver, notice)

    def _receiver(self) -> "Receiver | None":
        return receiver_from({URL: self.url, SECRET: self.secret})


def notifier(environ: Mapping[str, str]) -> Notifier:
    """Return the notifier of the environment; Dagster reads its values when a tick runs."""
    fields = {"url": URL, "secret": SECRET}
    return Notifier(**{f: dg.EnvVar(name) for f, name in fields.items() if environ.get(name)})


@dg.sensor(
    minimum_interval_seconds=30,
    description=(
        "Tells whoever RECORDINGS_WEBHOOK_URL names of failed runs and failed checks; a check that "
        "only warns is not told."
    ),
)
def failures(
    context: dg.SensorEvaluationContext, notifier: Notifier
) -> dg.SensorResult | dg.SkipReason:
    """Send a notice for each run that failed, or had a check fail, since the last tick.

    Oldest first; what failed before the sensor was on is not told. A notice that does not arrive
    ends the tick, and the next one goes on from there.
    """
    if not notifier.is_wanted:
        return dg.SkipReason(f"nobody is to be told: {URL} is not set")
    if context.cursor is None:
        return dg.SensorResult(cursor=json.dumps(_newest(context.instance)))
    seen: dict[str, int] = json.loads(context.cursor)
    try:
        for record in _ended(context.instance, seen):
            notice = _notice(context.instance, record)
            if notice is not None:
                notifier.tell(notice)
            seen[_kind(record)] = record.storage_id
    except RecordingsError as error:
        context.log.warning("%s", error)
    return dg.SensorResult(cursor=json.dumps(seen))


def _newest(instance: dg.DagsterInstance) -> dict[str, int]:
    """Return the storage id of the newest run that ended, by how it ended."""
    found = {kind: instance.fetch_run_status_changes(kind, limit=1).records for kind in _ENDS}
    return {
        str(kind.value): records[0].storage_id if records else 0 for kind, records in found.items()
    }


def _ended(instance: dg.DagsterInstance, seen: Mapping[str, int]) -> list[dg.EventLogRecord]:
    """Return some runs that ended since, in order."""
    found: list[dg.EventLogRecord] = []
    for kind in _ENDS:
        changes = dg.RunStatusChangeRecordsFilter(kind, after_storage_id=seen[str(kind.value)])
        limit = MOST_RUNS_PER_TICK
        found += instance.fetch_run_status_changes(changes, limit=limit, ascending=True).records
    return sorted(found, key=lambda record: record.storage_id)[:MOST_RUNS_PER_TICK]


def _kind(record: dg.EventLogRecord) -> str:
    event = record.event_log_entry.dagster_event
    return "" if event is None else str(event.event_type_value)


def _notice(instance: dg.DagsterInstance, record: dg.EventLogRecord) -> Notice | None:
    """Return what is to be told of a run; None when all went well."""
    run_id = record.run_id
    run = instance.get_run_by_id(run_id)
    has_failed = _kind(record) == dg.DagsterEventType.RUN_FAILURE.value
    reasons = [*_step_failures(instance, run_id), *_check_failures(instance, run_id)]
    if not (has_failed or reasons):
        return None
    return Notice(
        id=f"run-{run_id}",
        kind="run_failed" if has_failed else "check_failed",
        subject=run.job_name if run else "a run",
        day=run.tags.get(_PARTITION) if run else None,
        run_id=run_id,
        text=" | ".join(reasons[:_MOST_REASONS]) or "the run failed outside its steps",
        time=datetime.fromtimestamp(record.event_log_entry.timestamp, UTC),
    )


def _step_failures(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    """Yield why steps failed: in our words, or the name of the error that nobody expected."""
    for event in _events(instance, run_id, dg.DagsterEventType.STEP_FAILURE):
        failure = event.step_failure_data
        ours = failure.user_failure_data
        known = ours.description if ours else None
        unknown = failure.error.cls_name if failure.error else None
        yield f"{event.step_key}: {known or unknown or 'failed'}"


def _check_failures(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    """Yield which checks failed; warnings are for whoever looks, or every day would tell twice.

    A day is provisional for two days, and says so with a warning each time it is run.
    """
    for event in _events(instance, run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        found = event.asset_check_evaluation_data
        if not found.passed and found.severity is dg.AssetCheckSeverity.ERROR:
            name = f"check {found.check_name} of {found.asset_key.to_user_string()}"
            yield f"{name}: {found.description or 'failed; its metadata say what to do'}"


def _events(
    instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType
) -> Iterator[dg.DagsterEvent]:
    for found in instance.get_records_for_run(run_id, of_type=kind).records:
        if (event := found.event_log_entry.dagster_event) is not None:
            yield event
