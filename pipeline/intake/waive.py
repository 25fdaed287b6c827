"""A rule waived (`warehouse waive`) and its waiver ended. Decides again what it concerns."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from contracts import contracts
from pipeline.intake.check import check_again
from pipeline.intake.overrides import is_waivable, overrides_of
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.intake.record_override import NotOverridable, OverriddenUnit, holds, record_override, would_let_in
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.unit_names import unit_key
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitRecord, UnknownWaiver, Waiver


def waive(
    home: Home,
    rule_id: str,
    reporting_unit: str,
    *,
    approver: str,
    because: str,
    until_on: date,
    today: date,
    dataset: str | None = None,
    period: str | None = None,
    granted_at: datetime | None = None,
    dry_run: bool = False,
) -> tuple[Waiver, list[OverriddenUnit]]:
    """Record that findings of a rule do not hold a unit until a day, and let in what they alone held; gives the waiver
    and the units let in.

    reporting_unit: key, or the name of a township. dataset, period: only of these. granted_at: of one entered again (a
    rebuild); else now. dry_run: only give what would be let in; the waiver has no id then. Of what is held, the newest
    submission of each unit and period is taken, if nothing newer is in force.
    Raises NotOverridable for a rule that cannot be waived, ValueError for a day gone by or no reason.
    """
    if not because.strip() or not approver.strip():
        raise ValueError("请说明批准人和理由 (a waiver needs an approver and a reason)")
    if until_on < today:
        raise ValueError(f"有效期 {until_on} 已过 (the last day is over)")
    try:
        waivable = is_waivable(rule_id)
    except KeyError:
        raise NotOverridable(f"没有规则 {rule_id} (no such rule)") from None
    if not waivable:
        raise NotOverridable(
            f"规则 {rule_id} 不能豁免 (cannot be waived: it holds nothing, or the figures would not be usable)"
        )
    family = rule_id.split(".")[0]
    with Ledger.open(home.ensure()) as ledger, RuleRunner(home, ledger) as rule_runner:
        of = dataset or (family if family in contracts() else None)
        key = unit_key(reporting_unit)
        if dry_run:
            at = granted_at or datetime.now(UTC)
            waiver = Waiver("", rule_id, of, key, period, approver, because, until_on, at, ledger.actor)
        else:
            waiver = ledger.grant_waiver(
                rule_id,
                key,
                approver=approver,
                because=because,
                until_on=until_on,
                period=period,
                granted_at=granted_at,
                dataset=of,
            )
        done: list[OverriddenUnit] = []
        for submission, records in _held_by(ledger, waiver):
            recorded = overrides_of(ledger, submission)
            overrides = replace(recorded, waivers=(*recorded.waivers, waiver)) if dry_run else recorded
            checked = check_again(home, ledger, rule_runner, submission, overrides)
            keys = {(record.reporting_unit, record.period) for record in records}
            let_in = [
                one
                for one in checked.outcomes
                if (one.reporting_unit, one.period) in keys and one.state in ("accepted", "unchanged")
            ]
            if dry_run:
                done += would_let_in(submission, let_in)
            elif let_in:
                done += record_override(home, ledger, rule_runner, submission, checked, let_in, by=waiver.waiver_id)
        if not dry_run:
            update_receipt_index(home, ledger)
        return waiver, done


def end_waiver(
    home: Home, waiver_id: str, *, because: str, ended_by: str | None = None, dry_run: bool = False
) -> tuple[Waiver, list[Submission], bool]:
    """End a waiver now; gives it, the submissions that it had let in and that are in force still, to be judged again by
    `warehouse rejudge`, and whether it had not ended before. dry_run: it stays.
    Raises warehouse.ledger.UnknownWaiver, ValueError without a reason.
    """
    if not because.strip():
        raise ValueError("请说明理由 (ending a waiver needs a reason)")
    with Ledger.open(home.ensure()) as ledger:
        ended = next((one for one in ledger.waivers() if one.waiver_id == waiver_id), None)
        if ended is None:
            raise UnknownWaiver(f"没有这项豁免 (no such waiver): {waiver_id}")
        is_new = ended.ended_at is None
        if is_new and not dry_run:
            ended = ledger.end_waiver(waiver_id, ended_by=ended_by or ledger.actor, because=because)
        let_in = [
            one
            for one in ledger.submissions(states=("accepted", "partly_held"))
            if any(item.lifted_by == waiver_id for item in ledger.findings(one.submission_id))
        ]
        return ended, let_in, is_new


def _held_by(ledger: Ledger, waiver: Waiver) -> Iterable[tuple[Submission, list[UnitRecord]]]:
    """Submissions of which units are held by the waived rule: of each unit and period the newest, if nothing newer is
    in force.
    """
    newest: dict[tuple[str, str, str | None], tuple[Submission, UnitRecord]] = {}
    for submission in ledger.submissions(states=("held", "partly_held")):
        found = [item for item in ledger.findings(submission.submission_id) if item.rule_id == waiver.rule_id]
        if not found or waiver.dataset not in (None, submission.dataset):
            continue
        for record in ledger.reporting_units(submission.submission_id):
            if (
                record.state == "held"
                and record.reporting_unit == waiver.reporting_unit
                and any(holds(item, record) for item in found)
            ):
                newest[record.dataset, record.reporting_unit, record.period] = (submission, record)
    chosen: dict[str, tuple[Submission, list[UnitRecord]]] = {}
    for submission, record in newest.values():
        later = ledger.versions(record.dataset, record.reporting_unit, record.period)
        if not any(version.is_current and version.received_at > submission.received_at for version in later):
            chosen.setdefault(submission.submission_id, (submission, []))[1].append(record)
    return chosen.values()
