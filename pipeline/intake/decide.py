"""The decision on what was read: which units are accepted, held, or wait; and the answer to whoever sent them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from contracts import Contract, Finding, contract, finding, in_order_of_needs
from pipeline.intake.dropped_rows import DroppedRows
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.waivers import Overrides, overrides_of
from warehouse.home import Home
from warehouse.ledger import Ledger, Settlement, Submission, UnitOutcome, UnitRecord, UnitVersion
from warehouse.ledger.types import OutcomeState, SubmissionState
from warehouse.staged import read_staged

READ: tuple[SubmissionState, ...] = ("staged",)
SHOWN_NAMES = 10
ANSWERED: tuple[SubmissionState, ...] = ("accepted", "partly_held", "held", "waiting", "unreadable")


class SettleFailed(RuntimeError):
    """Some submissions could not be judged, by a fault of ours; the message names their files. All others were settled."""


@dataclass
class Judgement:
    """What becomes of a submission's units, with every finding behind it."""

    outcomes: list[UnitOutcome]
    findings: list[Finding]
    checked_against: dict[str, Any] = field(default_factory=dict)


def settle_family(home: Home, ledger: Ledger, family: str) -> dict[str, Any]:
    """Settle every staged submission of a family, and what they wake of the same family; see pipeline.intake.receive.settle.

    One that cannot be judged stays staged, and keeps no other from being settled. Raises SettleFailed, when all others
    are done.
    """
    reporting_units: Counter[str] = Counter()
    files: list[str] = []
    woken: set[str] = set()
    failed: dict[str, str] = {}
    with RuleRunner(home, ledger) as checker:
        while staged := [one for one in ledger.queue(family, states=READ) if one.submission_id not in failed]:
            for submission in _in_order(staged):
                try:
                    settlement = settle_one(home, ledger, checker, submission)
                except Exception as error:
                    failed[submission.submission_id] = f"{submission.file_name}: {type(error).__name__}: {error}"
                    continue
                reporting_units.update(reporting_unit.state for reporting_unit in settlement.reporting_units)
                files.append(submission.file_name)
                woken.update(settlement.woken)
    _answer_unanswered(home, ledger, family)
    if failed:
        raise SettleFailed("; ".join(failed.values()))
    requeued = Counter(ledger.get(name).family for name in woken)
    del requeued[family]
    return {
        "accepted": reporting_units["accepted"],
        "held": reporting_units["held"],
        "waiting": reporting_units["waiting"],
        "unchanged": reporting_units["unchanged"],
        "files": files,
        "requeued": dict(requeued),
    }


def settle_one(home: Home, ledger: Ledger, checker: RuleRunner, submission: Submission) -> Settlement:
    """Decide one staged submission by what is accepted now, and answer it."""
    judgement = judge(home, ledger, checker, submission)
    rules = contract(str(submission.dataset))
    settlement = ledger.settle(
        submission.submission_id,
        judgement.outcomes,
        judgement.findings,
        checked_against=judgement.checked_against,
        per_period=rules.reporting_unit.per_period,
    )
    follow_up(home, ledger, checker, rules, settlement.reporting_units)
    give_receipt(home, ledger, submission.submission_id)
    return settlement


def follow_up(home: Home, ledger: Ledger, checker: RuleRunner, rules: Contract, settled: Iterable[UnitRecord]) -> None:
    """Judge the period that follows what was accepted once more, so that the order of arrival does not matter.

    What was accepted before stays accepted: its submitter is told by a warning in the receipt. What was said of it
    beside an earlier period than this one holds no more.
    """
    accepted = [reporting_unit for reporting_unit in settled if reporting_unit.state == "accepted"]
    if accepted:
        checker.accepted(rules.dataset)
    reporting_units: dict[str, list[str]] = defaultdict(list)
    for reporting_unit in accepted:
        reporting_units[str(reporting_unit.period)].append(reporting_unit.reporting_unit)
    for period, names in reporting_units.items():
        for submission_id, said in checker.following(rules, names, period).items():
            found = [replace(item, severity="warning") if item.severity == "error" else item for item in said.findings]
            if ledger.remark(submission_id, found, said.replaces):
                give_receipt(home, ledger, submission_id)


def _in_order(submissions: Iterable[Submission]) -> list[Submission]:
    order = {dataset: place for place, dataset in enumerate(in_order_of_needs())}
    return sorted(
        submissions, key=lambda one: (order[str(one.dataset)], min(one.periods, default=""), one.submission_id)
    )


def judge(
    home: Home,
    ledger: Ledger,
    checker: RuleRunner,
    submission: Submission,
    found: list[Finding] | None = None,
    against: Overrides | None = None,
) -> Judgement:
    """Check a staged submission against its rules and against what was accepted before it.

    found: what reading it found, and against: what stands against the rules, where these are not simply what the ledger
    has.
    """
    rules = contract(str(submission.dataset))
    staged = ledger.reporting_units(submission.submission_id)
    found = ledger.findings(submission.submission_id) if found is None else list(found)
    missing = tuple(need for need in rules.needs if not ledger.current_units(need))
    frame = read_staged(home, submission.staged_as, rules.dataset) if submission.staged_as else None
    if not missing and frame is not None:
        told = set(found)
        found += [item for item in checker.check_frame(frame, rules, found) if item not in told]
    lost = None if frame is None else checker.dropped_rows(frame, rules)
    return decide(ledger, rules, submission, staged, found, missing, lost=lost, against=against)


def decide(
    ledger: Ledger,
    rules: Contract,
    submission: Submission,
    staged: list[UnitRecord],
    found: list[Finding],
    missing: tuple[str, ...],
    apart_from: str | None = None,
    lost: DroppedRows | None = None,
    against: Overrides | None = None,
) -> Judgement:
    """The outcome of each unit. apart_from: sha256 of submissions to be left out of account, for a dry run. lost: which
    rows it would lose if it replaced a version. against: what stands against the rules; what the ledger has unless
    given."""
    standing = against or overrides_of(ledger, submission)
    found = standing.waived(found, staged)
    outcomes = []
    versions = _versions(ledger, rules, apart_from)
    closed = {
        item.period
        for item in ledger.periods(rules.dataset)
        if item.closed_at and item.closed_at < submission.received_at
    }
    for reporting_unit in staged:
        state: OutcomeState
        is_confirmed = False
        if _is_held(reporting_unit, found):
            state = "held"
        elif missing:
            state = "waiting"
        else:
            state, refused = _against_versions(
                reporting_unit, versions[_key(reporting_unit, rules)], rules, lost, closed
            )
            lifted = standing.confirms(reporting_unit, refused) if refused else None
            if lifted is not None:
                state, refused, is_confirmed = "accepted", lifted, True
            found += refused
        waits = missing if state == "waiting" else ()
        outcomes.append(
            UnitOutcome(
                reporting_unit.reporting_unit,
                reporting_unit.period,
                state,
                reporting_unit.rows,
                reporting_unit.facts,
                reporting_unit.content_hash,
                waits,
                is_confirmed,
            )
        )
    found += _acknowledgement(ledger, submission, outcomes, apart_from)
    checked_against = {
        need: sorted({version.submission_id for version in ledger.current_units(need)}) for need in rules.needs
    }
    return Judgement(outcomes, found, checked_against)


def _key(reporting_unit: UnitRecord | UnitVersion, rules: Contract) -> tuple[str, str | None]:
    """What a version of a unit is replaced by: one of the same unit, and of the same period where the contract keeps
    periods apart.
    """
    return reporting_unit.reporting_unit, reporting_unit.period if rules.reporting_unit.per_period else None


def _versions(
    ledger: Ledger, rules: Contract, apart_from: str | None
) -> dict[tuple[str, str | None], list[UnitVersion]]:
    left_out = {one.submission_id for one in ledger.by_sha256(apart_from)} if apart_from else set()
    found: dict[tuple[str, str | None], list[UnitVersion]] = defaultdict(list)
    for version in ledger.versions(rules.dataset):
        if version.submission_id not in left_out:
            found[_key(version, rules)].append(version)
    return found


def _is_held(reporting_unit: UnitRecord, found: list[Finding]) -> bool:
    return any(
        item.severity == "error"
        and item.reporting_unit in (None, reporting_unit.reporting_unit)
        and item.period in (None, reporting_unit.period)
        for item in found
    )


def _against_versions(
    reporting_unit: UnitRecord,
    versions: list[UnitVersion],
    rules: Contract,
    lost: DroppedRows | None,
    closed: Collection[str],
) -> tuple[OutcomeState, list[Finding]]:
    """Whether a unit may replace the version in force; what speaks against it is held until a person confirms that it
    is meant.
    """
    current = next((version for version in versions if version.is_current), None)
    if current and current.content_hash == reporting_unit.content_hash:
        return "unchanged", []
    refused: list[Finding] = []
    here: dict[str, Any] = {"reporting_unit": reporting_unit.reporting_unit, "period": reporting_unit.period}
    if (
        current
        and rules.period.where == "file"
        and not rules.reporting_unit.per_period
        and str(current.period) > str(reporting_unit.period)
    ):
        refused.append(
            finding("version.older_than_current", found=reporting_unit.period, expected=current.period, **here)
        )
    elif earlier := next(
        (version for version in versions if version.content_hash == reporting_unit.content_hash), None
    ):
        refused.append(finding("version.superseded_version", found=earlier.submission_id, **here))
    elif current and lost and (gone := lost(reporting_unit, current)):
        refused.append(finding("version.rows_dropped", found=_listed(gone), count=len(gone), **here))
    if reporting_unit.period in closed:
        refused.append(finding("version.period_closed", found=reporting_unit.period, **here))
    return ("held" if refused else "accepted"), refused


def _listed(names: list[str]) -> str:
    return "、".join(names[:SHOWN_NAMES]) + (" 等" if len(names) > SHOWN_NAMES else "")


def _acknowledgement(
    ledger: Ledger, submission: Submission, outcomes: list[UnitOutcome], apart_from: str | None
) -> list[Finding]:
    """A file that says nothing new is told so, once."""
    if not outcomes or any(outcome.state != "unchanged" for outcome in outcomes):
        return []
    earlier = [
        one
        for one in ledger.by_sha256(submission.sha256)
        if one.submission_id < submission.submission_id and one.state in ("accepted", "partly_held")
    ]
    if earlier and apart_from is None:
        return [finding("version.identical_file", found=earlier[0].file_name)]
    return [finding("version.identical_content")]


def _answer_unanswered(home: Home, ledger: Ledger, family: str) -> None:
    """Receipts that a crash after the decision left unwritten."""
    for submission in ledger.submissions(family=family, states=ANSWERED):
        if submission.receipt_as is None:
            give_receipt(home, ledger, submission.submission_id)
