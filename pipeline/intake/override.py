"""A held unit confirmed by a person (`warehouse accept`); how an override is recorded, which `waive` asks for too."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from contracts import Contract, Finding, contract
from contracts.places import township_name
from pipeline.intake.check import check_again
from pipeline.intake.follow_up import follow_up
from pipeline.intake.outcomes import CheckedSubmission
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.unit_names import unit_key
from pipeline.intake.waivers import UnitConfirmation, overrides_of
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


def accept(
    home: Home,
    submission_id: str,
    reporting_units: Collection[str],
    *,
    because: str,
    decided_by: str | None = None,
    period: str | None = None,
    decided_at: datetime | None = None,
    dry_run: bool = False,
) -> list[OverriddenUnit]:
    """Confirm held units of a submission, so that they are accepted and supersede what is in force; gives them, and
    writes a new receipt.

    reporting_units: keys, or names of townships. period: only that one's, where a unit stands in several. decided_at:
    of a confirmation that is entered again (a rebuild); else now. dry_run: only give what would be let in. Only what is
    held until confirmed can be: dropped rows, content that was replaced before, an older ledger, a period that is
    closed. Everything else is checked again.
    Raises NotOverridable, warehouse.ledger.UnknownSubmission, ValueError without a reason.
    """
    if not because.strip():
        raise ValueError("请说明理由 (a decision needs a reason)")
    with Ledger.open(home.ensure()) as ledger, RuleRunner(home, ledger) as rule_runner:
        submission = ledger.get(submission_id)
        chosen = _held(ledger, submission, reporting_units, period)
        who = decided_by or ledger.actor
        numbers = ledger.next_confirmation_ids(len(chosen))
        confirmed = {
            (reporting_unit.reporting_unit, reporting_unit.period): UnitConfirmation(number, who, because, decided_at)
            for reporting_unit, number in zip(chosen, numbers, strict=True)
        }
        recorded = overrides_of(ledger, submission)
        overrides = replace(recorded, confirmed={**recorded.confirmed, **confirmed})
        checked = check_again(home, ledger, rule_runner, submission, overrides)
        outcomes = _outcomes_of(checked, chosen)
        if dry_run:
            return would_let_in(submission, outcomes)
        done = []
        for found in outcomes:
            # also where nothing holds it any more (its period was opened again): that is what the person decided
            outcome = replace(found, is_confirmed=found.state == "accepted")
            confirmation = confirmed[outcome.reporting_unit, outcome.period]
            lifted = [item.rule_id for item in checked.findings if item.lifted_by == confirmation.decision_id]
            done += record_override(
                home, ledger, rule_runner, submission, checked, [outcome], confirmation=confirmation, lifted=lifted
            )
        return done


def would_let_in(submission: Submission, outcomes: Iterable[UnitOutcome]) -> list[OverriddenUnit]:
    return [OverriddenUnit(submission.submission_id, one.reporting_unit, one.period, one.state, "") for one in outcomes]


def _held(
    ledger: Ledger, submission: Submission, reporting_units: Collection[str], period: str | None
) -> list[UnitRecord]:
    records = [
        record
        for record in ledger.reporting_units(submission.submission_id)
        if record.state == "held" and period in (None, record.period)
    ]
    chosen = []
    for written in reporting_units:
        named = [record for record in records if record.reporting_unit in (written, unit_key(written))]
        if not named:
            held = (
                "、".join(
                    f"{record.reporting_unit} {township_name(record.reporting_unit)}".strip() for record in records
                )
                or "无 (none)"
            )
            raise NotOverridable(
                f"{submission.submission_id} 没有被退回的单元 {written}；被退回的有 (held are): {held}"
            )
        chosen += [record for record in named if record not in chosen]
    return chosen


def _outcomes_of(checked: CheckedSubmission, chosen: Collection[UnitRecord]) -> list[UnitOutcome]:
    """The outcomes of the chosen units. Raises NotOverridable, naming what still holds one."""
    keys = [(record.reporting_unit, record.period) for record in chosen]
    outcomes = [outcome for outcome in checked.outcomes if (outcome.reporting_unit, outcome.period) in keys]
    for outcome in outcomes:
        if outcome.state == "waiting":
            raise NotOverridable(f"{outcome.reporting_unit} 尚在等待 (waits for): {'、'.join(outcome.waits_for)}")
        if outcome.state == "held":
            by = dict.fromkeys(f"{item.rule_id} {item.message}" for item in checked.findings if holds(item, outcome))
            raise NotOverridable(
                f"{outcome.reporting_unit} 仍有须改正的问题，不能仅凭确认接收 (still held by): {'; '.join(by)}"
            )
    return outcomes


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
    decision = ledger.override(
        submission.submission_id,
        outcomes,
        concerned,
        per_period=rules.reporting_unit.per_period,
        checked_against=checked.checked_against,
        rules=tuple(lifted),
        **(asdict(confirmation) if confirmation else {}),
    )
    keys = {(outcome.reporting_unit, outcome.period) for outcome in outcomes}
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
