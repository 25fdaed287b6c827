"""What follows when something that was let in no longer counts: receipts, follow-ups, and who relied on it. `withdraw`,
`rejudge`, by which pipeline.build.send_back does it, and pipeline.release.replay call it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from contracts import Contract
from pipeline.intake.follow_up import follow_up_all_due
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord, UnitVersion
from warehouse.ledger.staging import KEPT_STATES

UnitKey = tuple[str, str | None]


@dataclass(frozen=True)
class UnitChange:
    """A reporting unit of a submission before and after; is_closed: its period is closed.

    in_force_before, in_force_after: submissions whose version of it is in force; None for none.
    """

    reporting_unit: str
    period: str | None
    before: str
    after: str
    is_closed: bool
    in_force_before: str | None = None
    in_force_after: str | None = None


def closed_periods(ledger: Ledger, dataset: str | None) -> set[str]:
    """Periods of a dataset that are closed."""
    return {one.period for one in ledger.periods(dataset, is_open=False)} if dataset else set()


class SubmissionsInForce:
    """Whose version of each unit of a dataset is in force."""

    def __init__(self, ledger: Ledger, rules: Contract) -> None:
        self._per_period = rules.reporting_unit.per_period
        self._by_unit = {self._key(one): one.submission_id for one in ledger.current_units(rules.dataset)}

    def of(self, record: UnitRecord) -> str | None:
        """The submission; None where no version is in force."""
        return self._by_unit.get(self._key(record))

    def _key(self, record: UnitRecord | UnitVersion) -> UnitKey:
        return record.reporting_unit, record.period if self._per_period else None


def relying_on(ledger: Ledger, submission_id: str) -> list[Submission]:
    """Submissions with accepted units that were checked against this one: their judgement may be another without it."""
    return [
        one
        for one in ledger.submissions(states=("accepted", "partly_held"))
        if any(submission_id in named for named in one.checked_against.values())
        and any(record.state == "accepted" for record in ledger.reporting_units(one.submission_id))
    ]


def in_their_place(ledger: Ledger, submission_id: str, leaving: Collection[UnitKey], *, per_period: bool) -> list[str]:
    """Submissions whose versions are in force once these units of a submission no longer count. To be asked before."""
    standing = ledger.standing_without(submission_id, leaving, per_period=per_period)
    return sorted({name for name in standing.values() if name is not None})


def held_now(ledger: Ledger, submission_id: str, outcomes: Iterable[UnitOutcome]) -> set[UnitKey]:
    """The units of a submission that are let in and that these outcomes hold."""
    let_in = {
        (one.reporting_unit, one.period) for one in ledger.reporting_units(submission_id) if one.state in KEPT_STATES
    }
    return let_in & {(one.reporting_unit, one.period) for one in outcomes if one.state == "held"}


def after_taking_back(
    home: Home, ledger: Ledger, rule_runner: RuleRunner, submission_id: str, touched: Collection[str] = ()
) -> None:
    """Check what follows the units that are in force now, and write the receipts of the submission and of those that
    took its place. touched: ids of the latter.
    """
    rule_runner.forget_accepted(str(ledger.get(submission_id).dataset))
    follow_up_all_due(home, ledger, rule_runner)
    for name in dict.fromkeys((submission_id, *touched)):
        give_receipt(home, ledger, name)
