"""Withdrawal: what was let in by mistake no longer counts, and what it had replaced is in force again. `warehouse
withdraw` calls it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from contracts import contract
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.taken_back import SubmissionsInForce, UnitChange, after_taking_back, closed_periods, relying_on
from pipeline.intake.unit_names import unit_key
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitRecord
from warehouse.ledger.staging import KEPT_STATES

CLOSED = "version.period_closed"


class NotWithdrawable(LookupError):
    """The submission has no such unit, or it is not decided yet; nothing was changed."""


class PeriodClosed(RuntimeError):
    """A unit's period is closed, and it was not said that the withdrawal is meant all the same; nothing was changed."""


@dataclass(frozen=True)
class Withdrawal:
    """A withdrawal that was made, or would be. relying: submissions that were checked against it, to be judged again;
    woken: ids of waiting ones that may go on.
    """

    submission: Submission
    reporting_units: tuple[UnitChange, ...]
    relying: tuple[Submission, ...]
    woken: tuple[str, ...] = ()


def withdraw(
    home: Home,
    submission_id: str,
    reporting_units: Collection[str] = (),
    *,
    because: str,
    decided_by: str | None = None,
    period: str | None = None,
    even_closed: bool = False,
    dry_run: bool = False,
) -> Withdrawal:
    """Withdraw a submission, or units of it; gives what leaves, and what is in force in its place.

    reporting_units: keys, or names of townships; all unless given. period: only this one. even_closed: also from closed
    periods, whose published figures will change. Writes new receipts, and checks the periods that follow again. A dry
    run records nothing. Raises warehouse.ledger.UnknownSubmission, NotWithdrawable, PeriodClosed, ValueError without a
    reason.
    """
    if not because.strip():
        raise ValueError("请说明理由 (a withdrawal needs a reason)")
    with Ledger.open(home.ensure()) as ledger, RuleRunner(home, ledger) as rule_runner:
        submission = ledger.get(submission_id)
        chosen = _chosen(ledger, submission, reporting_units, period)
        if not chosen:
            return Withdrawal(submission, (), ())
        rules = contract(str(submission.dataset))
        closed = closed_periods(ledger, submission.dataset)
        before = SubmissionsInForce(ledger, rules)
        keys = {(one.reporting_unit, one.period) for one in chosen}
        relying = relying_on(ledger, submission_id) if any(before.of(one) == submission_id for one in chosen) else []
        shut = sorted({str(one.period) for one in chosen if one.period in closed and one.state in KEPT_STATES})
        if shut and not even_closed and not dry_run:
            raise PeriodClosed(
                f"{submission.dataset} {'、'.join(shut)} 已关闭：撤回会改动已批准的数；确须撤回的，加 --even-closed "
                "(closed: approved figures would change; add --even-closed if that is meant)"
            )
        per_period = rules.reporting_unit.per_period
        expected = ledger.standing_without(submission_id, keys, per_period=per_period)
        woken: tuple[str, ...] = ()
        if not dry_run:
            decision = ledger.withdraw(
                submission_id,
                keys,
                because=because,
                decided_by=decided_by or ledger.actor,
                per_period=per_period,
                lifting={(one.reporting_unit, one.period): [CLOSED] for one in chosen if str(one.period) in shut},
            )
            woken = decision.woken
            replaced = {name for name in expected.values() if name is not None}
            after_taking_back(home, ledger, rule_runner, submission_id, sorted(replaced))
            update_receipt_index(home, ledger)
        changes = tuple(
            UnitChange(
                one.reporting_unit,
                one.period,
                one.state,
                "withdrawn",
                one.period in closed,
                before.of(one),
                expected[one.reporting_unit, one.period],
            )
            for one in chosen
        )
        return Withdrawal(ledger.get(submission_id), changes, tuple(relying), woken)


def _chosen(
    ledger: Ledger, submission: Submission, reporting_units: Collection[str], period: str | None
) -> list[UnitRecord]:
    """The units that are to be withdrawn and are not yet. Raises NotWithdrawable."""
    records = [one for one in ledger.reporting_units(submission.submission_id) if period in (None, one.period)]
    if not records or any(one.state == "staged" for one in records):
        raise NotWithdrawable(
            f"{submission.submission_id} 没有已裁定的单元，无可撤回（{submission.state}） (nothing of it was decided)"
        )
    for written in reporting_units:
        if not any(one.reporting_unit in (written, unit_key(written)) for one in records):
            there = "、".join(dict.fromkeys(one.reporting_unit for one in records))
            raise NotWithdrawable(f"{submission.submission_id} 没有单元 {written}；有 (there are): {there}")
    named = {name for written in reporting_units for name in (written, unit_key(written))}
    return [one for one in records if one.state != "withdrawn" and (not reporting_units or one.reporting_unit in named)]
