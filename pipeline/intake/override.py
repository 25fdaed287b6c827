"""Overrides by people: a held unit confirmed (`warehouse accept`), a rule waived (`warehouse waive`) and its waiver ended.
The first two decide again what they concern.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

from contracts import Contract, Finding, contract, contracts
from contracts.places import township_name
from pipeline.intake.check import check_again
from pipeline.intake.follow_up import follow_up
from pipeline.intake.outcomes import CheckedSubmission
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.unit_names import unit_key
from pipeline.intake.waivers import UnitConfirmation, is_waivable, overrides_of
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord, UnknownWaiver, Waiver


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
            return _would_let_in(submission, outcomes)
        done = []
        for found in outcomes:
            # also where nothing holds it any more (its period was opened again): that is what the person decided
            outcome = replace(found, is_confirmed=found.state == "accepted")
            confirmation = confirmed[outcome.reporting_unit, outcome.period]
            lifted = [item.rule_id for item in checked.findings if item.lifted_by == confirmation.decision_id]
            done += _record(
                home, ledger, rule_runner, submission, checked, [outcome], confirmation=confirmation, lifted=lifted
            )
        return done


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
                done += _would_let_in(submission, let_in)
            elif let_in:
                done += _record(home, ledger, rule_runner, submission, checked, let_in, by=waiver.waiver_id)
        return waiver, done


def _would_let_in(submission: Submission, outcomes: Iterable[UnitOutcome]) -> list[OverriddenUnit]:
    return [OverriddenUnit(submission.submission_id, one.reporting_unit, one.period, one.state, "") for one in outcomes]


def end_waiver(
    home: Home, waiver_id: str, *, because: str, ended_by: str | None = None, dry_run: bool = False
) -> tuple[Waiver, list[Submission]]:
    """End a waiver now; gives it, and the submissions that it had let in and that are in force still: to be judged again
    by `warehouse rejudge`. dry_run: it stays. Raises warehouse.ledger.UnknownWaiver, ValueError without a reason.
    """
    if not because.strip():
        raise ValueError("请说明理由 (ending a waiver needs a reason)")
    with Ledger.open(home.ensure()) as ledger:
        if dry_run:
            ended = next((one for one in ledger.waivers() if one.waiver_id == waiver_id), None)
            if ended is None:
                raise UnknownWaiver(f"没有这项豁免 (no such waiver): {waiver_id}")
        else:
            ended = ledger.end_waiver(waiver_id, ended_by=ended_by or ledger.actor, because=because)
        let_in = [
            one
            for one in ledger.submissions(states=("accepted", "partly_held"))
            if any(item.lifted_by == waiver_id for item in ledger.findings(one.submission_id))
        ]
        return ended, let_in


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
            by = dict.fromkeys(f"{item.rule_id} {item.message}" for item in checked.findings if _holds(item, outcome))
            raise NotOverridable(
                f"{outcome.reporting_unit} 仍有须改正的问题，不能仅凭确认接收 (still held by): {'; '.join(by)}"
            )
    return outcomes


def _holds(item: Finding, outcome: UnitOutcome | UnitRecord) -> bool:
    return (
        item.severity == "error"
        and item.reporting_unit in (None, outcome.reporting_unit)
        and item.period in (None, outcome.period)
    )


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
                and any(_holds(item, record) for item in found)
            ):
                newest[record.dataset, record.reporting_unit, record.period] = (submission, record)
    chosen: dict[str, tuple[Submission, list[UnitRecord]]] = {}
    for submission, record in newest.values():
        later = ledger.versions(record.dataset, record.reporting_unit, record.period)
        if not any(version.is_current and version.received_at > submission.received_at for version in later):
            chosen.setdefault(submission.submission_id, (submission, []))[1].append(record)
    return chosen.values()


def _record(
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
