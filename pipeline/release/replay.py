"""History entered again: what was done according to one ledger is done once more in another home, in its order and at its
moments. `pipeline.release.rebuild` calls it.

An act is what somebody or something did: a file received, read or decided, a unit confirmed or withdrawn, a rule waived,
a period closed. Its consequences (versions that end, findings of the next period, receipts) follow from it again, and
take the moments that they had.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from contracts import contract
from contracts.calendar import DISTRICT_TIME
from contracts.rule_outcomes import outcomes_of
from pipeline.intake import receive as intake
from pipeline.intake.accept import accept
from pipeline.intake.decide import TO_DECIDE, decide_submission
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.taken_back import after_taking_back, held_now, in_their_place
from pipeline.intake.waive import waive
from pipeline.release.acts import DECIDED_ACT, NOTED, READ, Act
from warehouse.home import Home
from warehouse.ledger import Event, Ledger, Submission, UnitOutcome
from warehouse.ledger.store import entering_again

TICK = timedelta(microseconds=1)  # the resolution of the ledger's moments


class Moments:
    """A clock that gives moments one after the other, then goes on by ticks."""

    def __init__(self) -> None:
        self._due: deque[datetime] = deque()
        self._last: datetime | None = None
        self._tick = TICK

    def begin(self, moments: Iterable[datetime], tick: timedelta = TICK) -> None:
        """Give these moments next. tick: how it goes on after them."""
        self._due, self._tick = deque(moments), tick

    def __call__(self) -> datetime:
        if self._due:
            self._last = self._due.popleft()
        else:
            assert self._last is not None
            self._last += self._tick
        return self._last


class Replay:
    """Enters acts of one ledger again in another home."""

    def __init__(self, ledger: Ledger, into: Home) -> None:
        self._ledger = ledger
        self._into = into
        self._submissions = {one.submission_id: one for one in ledger.submissions()}
        self._periods = {(one.dataset, one.period): one for one in ledger.periods()}
        self._waivers = {one.waiver_id: one for one in ledger.waivers()}
        self._confirmed = {one.decision_id: one for one in ledger.decisions()}
        self._clock = Moments()

    def run(self, acts: Iterable[Act]) -> None:
        """Enter acts again. Raises what the verbs of intake raise where an act is not possible any more."""
        for kind, group in groupby(acts, lambda act: act.kind):
            some = list(group)
            if kind == READ:
                self._read(some)
            elif kind == DECIDED_ACT:
                self._decide(some)
            else:
                for act in some:
                    self.at(act.moments, act.event.actor, partial(self._enter, act))

    def at(self, moments: Iterable[datetime], actor: str, do: Callable[[], object], tick: timedelta = TICK) -> None:
        """Do something as if these were the moments, one after the other, and this the actor."""
        self._clock.begin(moments, tick)
        with entering_again(self._clock, actor):
            do()

    def _read(self, acts: list[Act]) -> None:
        """Read in batches, as it was read then; an unrecognised file is refused, as it was when it arrived."""
        for is_known, group in groupby(acts, lambda act: self._submission(act).dataset is not None):
            some = list(group)
            if not is_known:
                for act in some:
                    self.at(act.moments, act.event.actor, partial(self._refuse, self._submission(act).submission_id))
                continue
            names = [self._submission(act).submission_id for act in some]
            moments = [moment for act in some for moment in act.moments]
            for start in range(0, len(names), intake.BATCH_FILES):
                batch = names[start : start + intake.BATCH_FILES]
                due = moments if len(names) == len(batch) else [act.at for act in some[start : start + len(batch)]]
                self.at(due, some[0].event.actor, partial(intake.read_batch, self._into, batch))

    def _decide(self, acts: list[Act]) -> None:
        with (
            entering_again(self._clock, acts[0].event.actor),
            Ledger.open(self._into, beside_archive=True) as again,
            RuleRunner(self._into, again) as rule_runner,
        ):
            for act in acts:
                self._clock.begin(act.moments)
                again.actor = act.event.actor
                staged = again.get(str(act.event.submission_id))
                if staged.state in TO_DECIDE:
                    decide_submission(self._into, again, rule_runner, staged)

    def _submission(self, act: Act) -> Submission:
        return self._submissions[str(act.event.submission_id)]

    def _enter(self, act: Act) -> None:
        event = act.event
        if event.action == "confirmed":
            self._confirm(event)
            return
        if event.action == "waived":
            self._waive(event)
            return
        with Ledger.open(self._into, beside_archive=True) as again:
            if act.kind == NOTED:
                again.note(
                    event.action,
                    submission_id=event.submission_id,
                    dataset=event.dataset,
                    detail=event.detail,
                    at=event.at,
                )
            elif event.action == "received":
                self._receive(again, self._submission(act))
            elif event.action == "withdrawn_unit":
                self._withdraw(again, [event, *act.others])
            elif event.action == "judged_again":
                self._judge_again(again, event)
            elif event.action == "waiver_ended":
                one = event.detail
                again.end_waiver(one["waiver_id"], ended_by=one["ended_by"], because=one["because"])
            else:
                self._mark_period(again, event)

    def _receive(self, again: Ledger, one: Submission) -> None:
        """The same bytes, name, sender and moment, and so the same id."""
        again.receive(
            arrival_key=one.arrival_key,
            sha256=one.sha256,
            file_name=one.file_name,
            dataset=one.dataset,
            family=one.family,
            sender=one.sender,
            size=one.size,
            archived_as=one.archived_as,
            received_at=one.received_at,
        )

    def _refuse(self, submission_id: str) -> None:
        """Refuse a file that was not recognised, with the findings that it had."""
        found = self._ledger.findings(submission_id)
        with Ledger.open(self._into, beside_archive=True) as again:
            if again.get(submission_id).state == "received":
                again.stage(submission_id, staged_as=None, rows_read=0, rows_control=0, readable=False, findings=found)
                give_receipt(self._into, again, submission_id)

    def _confirm(self, event: Event) -> None:
        made = self._confirmed[event.detail["decision_id"]]
        accept(
            self._into,
            made.submission_id,
            [made.reporting_unit],
            because=made.because,
            decided_by=made.decided_by,
            period=made.period,
            decided_at=made.decided_at,
        )

    def _waive(self, event: Event) -> None:
        waiver = self._waivers[event.detail["waiver_id"]]
        waive(
            self._into,
            waiver.rule_id,
            waiver.reporting_unit,
            approver=waiver.approver,
            because=waiver.because,
            until_on=waiver.until_on,
            today=waiver.granted_at.astimezone(DISTRICT_TIME).date(),
            dataset=waiver.dataset,
            period=waiver.period,
            granted_at=waiver.granted_at,
        )

    def _withdraw(self, again: Ledger, events: Sequence[Event]) -> None:
        """With the rules that each unit's withdrawal lifted, as of a closed period."""
        made = [self._confirmed[one.detail["decision_id"]] for one in events]
        first, keys = made[0], [(one.reporting_unit, one.period) for one in made]
        per_period = contract(first.dataset).reporting_unit.per_period
        touched = in_their_place(again, first.submission_id, keys, per_period=per_period)
        again.withdraw(
            first.submission_id,
            keys,
            because=first.because,
            decided_by=first.decided_by,
            per_period=per_period,
            decided_at=first.decided_at,
            lifting={(one.reporting_unit, one.period): one.rules for one in made},
        )
        self._after_taking_back(again, first.submission_id, touched)

    def _judge_again(self, again: Ledger, event: Event) -> None:
        """What came out then is entered, not found anew: it may have been a build that could not be made."""
        submission = self._submissions[str(event.submission_id)]
        then = self._ledger.snapshot(event.at)
        recorded = {
            (one.reporting_unit, one.period): one
            for one in then.reporting_units
            if one.submission_id == submission.submission_id
        }
        outcomes = []
        for read in again.reporting_units(submission.submission_id):
            one = recorded.get((read.reporting_unit, read.period), read)
            state: Any = one.state
            counts = (read.rows, read.facts, read.content_hash)
            outcomes.append(UnitOutcome(read.reporting_unit, read.period, state, *counts, one.waits_for))
        per_period = contract(str(submission.dataset)).reporting_unit.per_period
        leaving = held_now(again, submission.submission_id, outcomes)
        touched = in_their_place(again, submission.submission_id, leaving, per_period=per_period)
        again.judge_again(
            submission.submission_id,
            outcomes,
            [item for name, _, item in then.findings if name == submission.submission_id],
            reason=str(event.detail.get("reason", "")),
            decided_by=event.detail.get("decided_by"),
            per_period=per_period,
            rules=outcomes_of(dict(then.rules).get(submission.submission_id, {})),
        )
        self._after_taking_back(again, submission.submission_id, touched)

    def _after_taking_back(self, again: Ledger, submission_id: str, touched: Collection[str]) -> None:
        """Check what follows, and write the receipts, as was done then."""
        with RuleRunner(self._into, again) as rule_runner:
            after_taking_back(self._into, again, rule_runner, submission_id, touched)

    def _mark_period(self, again: Ledger, event: Event) -> None:
        dataset, period = str(event.dataset), str(event.period)
        if event.action == "period_opened":
            again.open_period(dataset, period, self._periods[dataset, period].due_on)
        elif event.action == "period_reminded":
            again.remind_period(dataset, period)
        elif event.action == "period_closed":
            again.close_period(dataset, period, detail=event.detail)
        else:
            again.reopen_period(dataset, period, because=event.detail["because"], decided_by=event.detail["decided_by"])
