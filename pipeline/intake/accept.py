"""Held units confirmed by a person (`warehouse accept`): judged again with the confirmation, and let in."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from contracts.places import township_name
from pipeline.intake.check import check_again
from pipeline.intake.outcomes import CheckedSubmission
from pipeline.intake.overrides import UnitConfirmation, overrides_of
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.intake.record_override import NotOverridable, OverriddenUnit, holds, record_override, would_let_in
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.unit_names import unit_key
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord


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
        update_receipt_index(home, ledger)
        return done


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
