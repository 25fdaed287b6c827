"""The decision on what was read: which reporting units are accepted, held or wait, and the receipt. `receive` calls it
for a family, `override` and `pipeline.release.rebuild` for a submission; the outcome of each unit comes from
`outcomes`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from contracts import Contract, Finding, contract, in_order_of_needs
from pipeline.intake.failures import described, record
from pipeline.intake.outcomes import CheckedSubmission, unit_outcomes
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.waivers import Overrides
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, SubmissionDecision, UnitRecord
from warehouse.ledger.types import SubmissionState
from warehouse.staged import read_staged

TO_DECIDE: tuple[SubmissionState, ...] = ("staged",)
WITH_RECEIPT: tuple[SubmissionState, ...] = ("accepted", "partly_held", "held", "waiting", "unreadable")


class DecisionFailed(RuntimeError):
    """Some submissions could not be checked, by a fault of this program; the message names their files. All others were
    decided.
    """


def decide_family(home: Home, ledger: Ledger, family: str) -> dict[str, Any]:
    """Decide every staged submission of a family, and those of it that waited for one of them; see
    pipeline.intake.receive.decide.

    One that cannot be checked stays staged, and keeps no other from being decided. Raises DecisionFailed, when all
    others are done.
    """
    reporting_units: Counter[str] = Counter()
    files: list[str] = []
    woken: set[str] = set()
    failed: dict[str, str] = {}
    errors: list[Exception] = []
    with RuleRunner(home, ledger) as rule_runner:
        while staged := [one for one in ledger.queue(family, states=TO_DECIDE) if one.submission_id not in failed]:
            for submission in _in_order(staged):
                try:
                    decision = decide_submission(home, ledger, rule_runner, submission)
                except Exception as error:
                    errors.append(error)
                    line = record(home, f"decide {submission.submission_id} {submission.file_name}", error)
                    failed[submission.submission_id] = f"{submission.file_name}: {line}"
                    continue
                reporting_units.update(reporting_unit.state for reporting_unit in decision.reporting_units)
                files.append(submission.file_name)
                woken.update(decision.woken)
    failed |= _write_missing_receipts(home, ledger, family, apart_from=failed)
    if failed:
        raise DecisionFailed("; ".join(failed.values())) from ExceptionGroup("not checked", errors)
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


def decide_submission(
    home: Home, ledger: Ledger, rule_runner: RuleRunner, submission: Submission
) -> SubmissionDecision:
    """Decide one staged submission by what is accepted now, and write its receipt; gives the decision."""
    checked = check_submission(home, ledger, rule_runner, submission)
    rules = contract(str(submission.dataset))
    decision = ledger.decide(
        submission.submission_id,
        checked.outcomes,
        checked.findings,
        checked_against=checked.checked_against,
        per_period=rules.reporting_unit.per_period,
    )
    validate_following(home, ledger, rule_runner, rules, decision.reporting_units)
    give_receipt(home, ledger, submission.submission_id)
    return decision


def validate_following(
    home: Home, ledger: Ledger, rule_runner: RuleRunner, rules: Contract, decided: Iterable[UnitRecord]
) -> None:
    """Follow-up validation: check the accepted period that follows newly accepted units again, so that the order of
    arrival does not matter.

    What was accepted before stays accepted: its submitter gets a warning in a new receipt. Findings of it beside an
    earlier period than this one are replaced.
    """
    accepted = [reporting_unit for reporting_unit in decided if reporting_unit.state == "accepted"]
    if accepted:
        rule_runner.forget_accepted(rules.dataset)
    reporting_units: dict[str, list[str]] = defaultdict(list)
    for reporting_unit in accepted:
        reporting_units[str(reporting_unit.period)].append(reporting_unit.reporting_unit)
    for period, names in reporting_units.items():
        for submission_id, validation in rule_runner.check_following(rules, names, period).items():
            findings = [
                replace(item, severity="warning") if item.severity == "error" else item for item in validation.findings
            ]
            if ledger.add_follow_up(submission_id, findings, validation.replaces):
                give_receipt(home, ledger, submission_id)


def _in_order(submissions: Iterable[Submission]) -> list[Submission]:
    order = {dataset: place for place, dataset in enumerate(in_order_of_needs())}
    return sorted(
        submissions, key=lambda one: (order[str(one.dataset)], min(one.periods, default=""), one.submission_id)
    )


def check_submission(
    home: Home,
    ledger: Ledger,
    rule_runner: RuleRunner,
    submission: Submission,
    found: list[Finding] | None = None,
    overrides: Overrides | None = None,
) -> CheckedSubmission:
    """Check a staged submission against its rules and against what was accepted before it; gives the outcome of each
    unit, and records nothing.

    found: what reading it found; overrides: waivers and confirmations. Both are those of the ledger unless given.
    """
    rules = contract(str(submission.dataset))
    staged = ledger.reporting_units(submission.submission_id)
    found = ledger.findings(submission.submission_id) if found is None else list(found)
    missing = tuple(need for need in rules.needs if not ledger.current_units(need))
    table = read_staged(home, submission.staged_as, rules.dataset) if submission.staged_as else None
    if not missing and table is not None:
        known = set(found)
        found += [item for item in rule_runner.check_table(table, rules, found) if item not in known]
    dropped = None if table is None else rule_runner.dropped_rows(table, rules)
    return unit_outcomes(ledger, rules, submission, staged, found, missing, dropped=dropped, overrides=overrides)


def _write_missing_receipts(home: Home, ledger: Ledger, family: str, apart_from: Collection[str]) -> dict[str, str]:
    """Receipts that a crash after the decision left unwritten; gives the submissions of which one still cannot be
    written, and why. apart_from: submissions of which that is known.
    """
    failed = {}
    for submission in ledger.submissions(family=family, states=WITH_RECEIPT):
        if submission.receipt_as is None and submission.submission_id not in apart_from:
            try:
                give_receipt(home, ledger, submission.submission_id)
            except Exception as error:
                failed[submission.submission_id] = f"{submission.file_name}: {described(error)}"
    return failed
