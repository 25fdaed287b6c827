"""Units that an override lets in, entered in the ledger with all that follows. `accept` and `waive` call it."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from contracts import Contract, Finding, contract
from pipeline.intake.follow_up import follow_up
from pipeline.intake.outcomes import CheckedSubmission
from pipeline.intake.overrides import UnitConfirmation
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord


class NotOverridable(LookupError):
    """The unit is not held, or by something that no override of this kind can lift; nothing was changed. The message
    says which.
    """


@dataclass(frozen=True)
class OverriddenUnit:
    """A unit that an override let in, or would let in. by: id of the confirmation or waiver, empty in a dry run; woken:
    waiting submissions that may now go on.
    """

    submission_id: str
    reporting_unit: str
    period: str | None
    state: str
    by: str
    woken: tuple[str, ...] = ()


def would_let_in(submission: Submission, outcomes: Iterable[UnitOutcome]) -> list[OverriddenUnit]:
    return [OverriddenUnit(submission.submission_id, one.reporting_unit, one.period, one.state, "") for one in outcomes]


def holds(item: Finding, outcome: UnitOutcome | UnitRecord) -> bool:
    return (
        item.severity == "error"
        and item.reporting_unit in (None, outcome.reporting_unit)
        and item.period in (None, outcome.period)
    )


def record_override(
    home: Home,
    ledger: Ledger,
    rule_runner: RuleRunner,
    submission: Submission,
    checked: CheckedSubmission,
    outcomes: list[UnitOutcome],
    *,
    confirmation: UnitConfirmation | None = None,
    lifted: Collection[str] = (),
    by: str = "",
) -> list[OverriddenUnit]:
    """Enter outcomes of held units in the ledger, validate the periods that follow, write a new receipt."""
    rules: Contract = contract(str(submission.dataset))
    reporting_units = {outcome.reporting_unit for outcome in outcomes}
    concerned = [
        item for item in checked.findings if item.reporting_unit is None or item.reporting_unit in reporting_units
    ]
    keys = {(outcome.reporting_unit, outcome.period) for outcome in outcomes}
    rule_outcomes = ledger.rule_outcomes(submission.submission_id)
    rule_outcomes.update(checked.rules.only(keys) if rule_outcomes else checked.rules)
    decision = ledger.override(
        submission.submission_id,
        outcomes,
        concerned,
        per_period=rules.reporting_unit.per_period,
        checked_against=checked.checked_against,
        rules=tuple(lifted),
        rule_outcomes=rule_outcomes,
        **(asdict(confirmation) if confirmation else {}),
    )
    decided = [record for record in decision.reporting_units if (record.reporting_unit, record.period) in keys]
    rule_runner.forget_accepted(rules.dataset)
    follow_up(home, ledger, rule_runner, submission.submission_id)
    give_receipt(home, ledger, submission.submission_id)
    return [
        OverriddenUnit(
            submission.submission_id,
            record.reporting_unit,
            record.period,
            record.state,
            confirmation.decision_id if confirmation else by,
            decision.woken,
        )
        for record in decided
    ]
