"""The ledger next to a model of it: whatever happens to recordings, both say the same."""

import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import IntegrityError

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import (
    outcome_when_listed,
    outcome_when_unlisted,
    retry_time_when_listed,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    AnswerUnusable,
    NotFound,
    RecordingsError,
    TransferInterrupted,
    UntrustedBytes,
)
from recordings_pipeline.core.fates import verdict_on
from recordings_pipeline.core.invariants.history import (
    events_add_up,
)
from recordings_pipeline.core.model import Outcome, Recording, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.replaying import replayed
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.core.standings import Listed
from recordings_pipeline.storage.ledger_engine import open_engine, writing
from recordings_pipeline.storage.ledger_moves import record as told
from tests.listing import START, conversation, discovered
from tests.postgres import Server
from tests.storage.conftest import opened
from tests.storage.test_ledger import file_of
from tests.trust_results import record

DAY = Day.from_key("2026-01-31")
IDS = [str(UUID(int=number)) for number in range(1, 7)]
NEW, RETRY, DEFERRED = "discovered", "retry", "deferred"
OURS, UNCHANGED = {"exported", "quarantined", "erased"}, {RETRY, "forbidden"}
STATES = {
    "AVAILABLE": (NEW, ""),
    "UPLOADING": (DEFERRED, "still uploading"),
    "DELETED": ("missing", "deleted at the source"),
}
ERRORS: dict[str, RecordingsError] = {
    "it broke off": TransferInterrupted(0, 0, "it broke off"),
    "the host answers nonsense": AnswerUnusable("a page"),
    "it is gone": NotFound("GET media"),
    "its bytes are no sound": UntrustedBytes("no sound"),
}
OUTCOMES: dict[str, tuple[str, str, timedelta | None]] = {
    "it broke off": (RETRY, "", timedelta(hours=1)),
    "the host answers nonsense": (RETRY, "", timedelta(hours=6)),
    "it is gone": ("missing", "deleted at the source", None),
    "its bytes are no sound": ("quarantined", "", None),
}


@dataclass(slots=True)
class Model:
    """How one recording stands, by the words of the specification alone."""

    outcome: str
    reason: str = ""
    retry_time: datetime | None = None
    changes: int = 1

    def becomes(self, outcome: str, reason: str = "", until: datetime | None = None) -> None:
        """Change, and count it, unless it is no news."""
        self.changes += (outcome, reason, until) != (self.outcome, self.reason, self.retry_time)
        self.outcome, self.reason, self.retry_time = outcome, reason, until


class Recordings(RuleBasedStateMachine):
    """A day's recordings, with a clock of their own: hours pass in no time."""

    def new_url(self) -> Secret | None:
        """Return where the ledger is; nothing for a file."""
        return None

    @initialize()
    def begin(self) -> None:
        self.place = Place(Path(tempfile.mkdtemp()), self.new_url())
        self.ledger = opened(self.place)
        self.now = datetime(2026, 2, 1, tzinfo=UTC)
        self.model: dict[str, Model] = {}

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            shutil.rmtree(self.place.root)

    @rule(id_=st.sampled_from(IDS), state=st.sampled_from(["AVAILABLE", "UPLOADING", "DELETED"]))
    def the_source_lists_it(self, id_: str, state: str) -> None:
        """The first time, or in a look-back."""
        known = self.ledger.standings_of([id_]).get(id_)
        recording = Recording(id_, id_, None, "audio", None, state)
        verdict = outcome_when_listed(recording, known.verdict if known else None)
        retry_time = retry_time_when_listed(verdict, known, self.now)
        row = discovered(id_, file_state=state).row
        listed = conversation(id_, [Listed(row, verdict, retry_time)])
        self.ledger.listed(DAY, self.now, [listed])
        self._expect_listed(id_, state)

    def _expect_listed(self, id_: str, state: str) -> None:
        one, (outcome, reason) = self.model.get(id_), STATES[state]
        until = self.now + timedelta(hours=6) if outcome == DEFERRED else None
        if one is None:
            self.model[id_] = Model(outcome, reason, until)
        elif one.outcome not in OURS and not (outcome == NEW and one.outcome in UNCHANGED):
            # Of what is new the time is kept, if it is as it was.
            one.becomes(outcome, reason, until)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), how=st.sampled_from(["whole", "withheld", *ERRORS]))
    def a_run_fetches_what_is_due(self, data: st.DataObject, how: str) -> None:
        due = {one.recording_id for one in self.ledger.recordings.due(DAY, self.now)}
        assert due == {id_ for id_, one in self.model.items() if self._is_due(one)}
        if not due:
            return
        id_ = data.draw(st.sampled_from(sorted(due)))
        if how == "whole":
            file = {**file_of(id_, 1, "a" * 64), "path": f"audio/{id_}.wav"}
            self.ledger.settle(id_, Verdict(Outcome.EXPORTED), self.now, files=[file])
            self.model[id_].becomes("exported")
        elif how == "withheld":
            self.ledger.settle(id_, Verdict(Outcome.FORBIDDEN, "withheld"), self.now)
            self.model[id_].becomes("forbidden", "withheld")
        else:
            verdict, delay = verdict_on(ERRORS[how])
            until = None if delay is None else self.now + delay
            self.ledger.settle(id_, verdict, self.now, retry_time=until)
            outcome, reason, after = OUTCOMES[how]
            reason = reason or str(ERRORS[how])
            self.model[id_].becomes(outcome, reason, None if after is None else self.now + after)

    def _is_due(self, one: Model) -> bool:
        is_time = one.retry_time is None or one.retry_time <= self.now
        return one.outcome in {NEW, RETRY, "forbidden"} and is_time

    @rule(hours=st.integers(1, 12))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: any(m.outcome == "exported" for m in self.model.values()))
    @rule(data=st.data())
    def a_file_is_damaged(self, data: st.DataObject) -> None:
        id_ = self._one(data, "exported")
        verdict = Verdict(Outcome.DISCOVERED, f"its file was removed at {self.now}")
        self.ledger.settle(id_, verdict, self.now)
        self.model[id_].becomes(NEW, verdict.reason)

    @precondition(lambda self: any(m.outcome == "quarantined" for m in self.model.values()))
    @rule(data=st.data())
    def a_person_replays_it(self, data: st.DataObject) -> None:
        id_ = self._one(data, "quarantined")
        standing = self.ledger.standings_of([id_])[id_]
        self.ledger.settle(id_, replayed(standing.verdict), self.now)
        self.model[id_].becomes(NEW, f"replayed by a person: was {self.model[id_].reason}")

    @precondition(lambda self: any(m.outcome == "exported" for m in self.model.values()))
    @rule(data=st.data())
    def a_person_erases_it(self, data: st.DataObject) -> None:
        id_ = self._one(data, "exported")
        self.ledger.settle(id_, Verdict(Outcome.ERASED, "on request"), self.now)
        self.model[id_].becomes("erased", "on request")

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def the_source_lists_it_no_more(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.model)))
        known = self.ledger.standings_of([id_])[id_].verdict
        verdict = outcome_when_unlisted(known)
        if verdict != known:
            self.ledger.settle(id_, verdict, self.now)
        if self.model[id_].outcome in {NEW, RETRY, "forbidden", DEFERRED}:
            self.model[id_].becomes("missing", "no longer listed at the source")

    @rule()
    def the_process_starts_again(self) -> None:
        self.ledger.close()
        self.ledger = opened(self.place)

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "ledger"):
            return
        held = self.ledger.standings(DAY)
        assert {
            id_: (str(one.verdict.outcome), one.verdict.reason, one.retry_time)
            for id_, one in held.items()
        } == {id_: (one.outcome, one.reason, one.retry_time) for id_, one in self.model.items()}
        histories = list(self.ledger.histories.of(DAY))
        assert list(events_add_up(histories)) == []
        assert {one.recording_id: len(one.events) for one in histories} == {
            id_: one.changes for id_, one in self.model.items()
        }
        exported = {id_ for id_, one in self.model.items() if one.outcome == "exported"}
        assert self.ledger.files(DAY).keys() == exported

    def _one(self, data: st.DataObject, outcome: str) -> str:
        ids = sorted(id_ for id_, one in self.model.items() if one.outcome == outcome)
        return data.draw(st.sampled_from(ids))


@pytest.mark.parametrize(
    ("examples", "steps"),
    [
        pytest.param(15, 25, id="a few"),
        pytest.param(200, 50, id="200 lives", marks=pytest.mark.slow),
    ],
)
def test_ledger_and_model_agree_whatever_happens(examples: int, steps: int) -> None:
    live(Recordings, examples, steps)
    record("model lives", f"{examples} lives", "passed", f"up to {steps} steps each", examples)


@pytest.mark.slow
def test_they_agree_in_postgresql_as_well(postgres: Server) -> None:
    class Elsewhere(Recordings):
        def new_url(self) -> Secret:
            return postgres.new_url()

    live(Elsewhere, 50, 50)
    record("model lives", "50 lives in PostgreSQL", "passed", "up to 50 steps each", 50)


def live(machine: type[Recordings], examples: int, steps: int) -> None:
    """Let recordings live, and compare what the ledger says with the model after each step."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.DISCOVERED])
def test_each_way_to_change_leaves_one_event(outcome: Outcome, place: Place) -> None:
    with closing(opened(place)) as ledger:
        ledger.listed(DAY, START, [conversation(IDS[0], [discovered(IDS[0])])])
        files = [{**file_of(IDS[0], 1, "a" * 64)}] if outcome is Outcome.EXPORTED else []

        for _ in range(2):
            ledger.settle(IDS[0], Verdict(outcome, "why"), START, files=files)

        assert [one["outcome"] for one in ledger.events.after(0, 10_000)] == [NEW, outcome]
        assert list(events_add_up(ledger.histories.of(DAY))) == []


def test_no_change_is_told_twice(place: Place) -> None:
    ledger = opened(place)
    news = {"event_time": START, "day": DAY.key, "outcome": "exported"}

    engine = open_engine(place.root / layout.LEDGER, place.ledger_url)
    with writing(engine) as db:
        told(db, IDS[0], 1, "recording.exported", news)
    with pytest.raises(IntegrityError, match=r"(?i)unique"), writing(engine) as db:
        told(db, IDS[0], 1, "recording.exported", news)

    engine.dispose()
    assert len(list(ledger.events.after(0, 10_000))) == 1
    ledger.close()
