"""The decision on what was read: which units are accepted, held, or wait; and the answer to whoever sent them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from contracts import Contract, Finding, contract, finding, in_order_of_needs
from pipeline.answering import answer
from pipeline.checking import Checker
from warehouse.home import Home
from warehouse.ledger import Ledger, Settlement, Submission, UnitOutcome, UnitRecord, UnitVersion
from warehouse.ledger.types import OutcomeState, SubmissionState

READ: tuple[SubmissionState, ...] = ("staged",)
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
    """Settle every staged submission of a family, and what they wake of the same family; see pipeline.intake.settle.

    One that cannot be judged stays staged, and keeps no other from being settled. Raises SettleFailed, when all others are done.
    """
    units: Counter[str] = Counter()
    files: list[str] = []
    woken: set[str] = set()
    failed: dict[str, str] = {}
    with Checker(home, ledger) as checker:
        while staged := [one for one in ledger.queue(family, states=READ) if one.submission_id not in failed]:
            for submission in _in_order(staged):
                try:
                    settlement = settle_one(home, ledger, checker, submission)
                except Exception as error:
                    failed[submission.submission_id] = f"{submission.file_name}: {type(error).__name__}: {error}"
                    continue
                units.update(unit.state for unit in settlement.units)
                files.append(submission.file_name)
                woken.update(settlement.woken)
    _answer_unanswered(home, ledger, family)
    if failed:
        raise SettleFailed("; ".join(failed.values()))
    requeued = Counter(ledger.get(name).family for name in woken)
    del requeued[family]
    return {"accepted": units["accepted"], "held": units["held"], "waiting": units["waiting"], "unchanged": units["unchanged"],
            "files": files, "requeued": dict(requeued)}


def settle_one(home: Home, ledger: Ledger, checker: Checker, submission: Submission) -> Settlement:
    """Decide one staged submission by what is accepted now, and answer it."""
    judgement = judge(ledger, checker, submission)
    rules = contract(str(submission.dataset))
    settlement = ledger.settle(
        submission.submission_id, judgement.outcomes, judgement.findings, checked_against=judgement.checked_against,
        per_period=rules.reporting_unit.per_period,
    )
    accepted = [unit for unit in settlement.units if unit.state == "accepted"]
    if accepted:
        checker.accepted(rules.dataset)
        _look_ahead(home, ledger, checker, rules, accepted)
    answer(home, ledger, submission.submission_id)
    return settlement


def _look_ahead(home: Home, ledger: Ledger, checker: Checker, rules: Contract, accepted: list[UnitRecord]) -> None:
    """Judge the period that follows what was accepted once more, so that the order of arrival does not matter.

    What was accepted before stays accepted: its submitter is told by a warning in the receipt.
    """
    units: dict[str, list[str]] = defaultdict(list)
    for unit in accepted:
        units[str(unit.period)].append(unit.unit)
    for period, names in units.items():
        for submission_id, found in checker.following(rules, names, period).items():
            if ledger.remark(submission_id, [replace(item, severity="warning") for item in found]):
                answer(home, ledger, submission_id)


def _in_order(submissions: Iterable[Submission]) -> list[Submission]:
    order = {dataset: place for place, dataset in enumerate(in_order_of_needs())}
    return sorted(submissions, key=lambda one: (order[str(one.dataset)], min(one.periods, default=""), one.submission_id))


def judge(ledger: Ledger, checker: Checker, submission: Submission) -> Judgement:
    """Check a staged submission against its rules and against what was accepted before it."""
    rules = contract(str(submission.dataset))
    staged = ledger.units(submission.submission_id)
    found = ledger.findings(submission.submission_id)
    missing = tuple(need for need in rules.needs if not ledger.current_units(need))
    if not missing:
        found += checker.check(submission, found)
    return decide(ledger, rules, submission, staged, found, missing)


def decide(
    ledger: Ledger, rules: Contract, submission: Submission, staged: list[UnitRecord], found: list[Finding], missing: tuple[str, ...],
    apart_from: str | None = None,
) -> Judgement:
    """The outcome of each unit. apart_from: sha256 of submissions to be left out of account, for a dry run."""
    found = list(found)
    outcomes = []
    versions = _versions(ledger, rules, apart_from)
    for unit in staged:
        state: OutcomeState
        if _is_held(unit, found):
            state = "held"
        elif missing:
            state = "waiting"
        else:
            state, refused = _against_versions(unit, versions[_key(unit, rules)], rules)
            found += refused
        waits = missing if state == "waiting" else ()
        outcomes.append(UnitOutcome(unit.unit, unit.period, state, unit.rows, unit.facts, unit.content_hash, waits))
    found += _acknowledgement(ledger, submission, outcomes, apart_from)
    against = {need: sorted({version.submission_id for version in ledger.current_units(need)}) for need in rules.needs}
    return Judgement(outcomes, found, against)


def _key(unit: UnitRecord | UnitVersion, rules: Contract) -> tuple[str, str | None]:
    """What a version of a unit is replaced by: one of the same unit, and of the same period where the contract keeps periods apart."""
    return unit.unit, unit.period if rules.reporting_unit.per_period else None


def _versions(ledger: Ledger, rules: Contract, apart_from: str | None) -> dict[tuple[str, str | None], list[UnitVersion]]:
    left_out = {one.submission_id for one in ledger.by_sha256(apart_from)} if apart_from else set()
    found: dict[tuple[str, str | None], list[UnitVersion]] = defaultdict(list)
    for version in ledger.versions(rules.dataset):
        if version.submission_id not in left_out:
            found[_key(version, rules)].append(version)
    return found


def _is_held(unit: UnitRecord, found: list[Finding]) -> bool:
    return any(
        item.severity == "error" and item.unit in (None, unit.unit) and item.period in (None, unit.period) for item in found
    )


def _against_versions(unit: UnitRecord, versions: list[UnitVersion], rules: Contract) -> tuple[OutcomeState, list[Finding]]:
    current = next((version for version in versions if version.is_current), None)
    if current and current.content_hash == unit.content_hash:
        return "unchanged", []
    if current and rules.period.where == "file" and not rules.reporting_unit.per_period and str(current.period) > str(unit.period):
        older = finding("version.older_than_current", found=unit.period, expected=current.period, unit=unit.unit, period=unit.period)
        return "held", [older]
    if earlier := next((version for version in versions if version.content_hash == unit.content_hash), None):
        return "held", [finding("version.superseded_version", found=earlier.submission_id, unit=unit.unit, period=unit.period)]
    return "accepted", []


def _acknowledgement(ledger: Ledger, submission: Submission, outcomes: list[UnitOutcome], apart_from: str | None) -> list[Finding]:
    """A file that says nothing new is told so, once."""
    if not outcomes or any(outcome.state != "unchanged" for outcome in outcomes):
        return []
    earlier = [
        one for one in ledger.by_sha256(submission.sha256)
        if one.submission_id < submission.submission_id and one.state in ("accepted", "partly_held")
    ]
    if earlier and apart_from is None:
        return [finding("version.identical_file", found=earlier[0].file_name)]
    return [finding("version.identical_content")]


def _answer_unanswered(home: Home, ledger: Ledger, family: str) -> None:
    """Receipts that a crash after the decision left unwritten."""
    for submission in ledger.submissions(family=family, states=ANSWERED):
        if submission.receipt_as is None:
            answer(home, ledger, submission.submission_id)


