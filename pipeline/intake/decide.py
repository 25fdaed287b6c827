"""The decision on what was read: which reporting units are accepted, held or wait, and the receipt. `receive` calls it
for a family, `pipeline.release.rebuild` for a submission; the outcome of each unit comes from `check`.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from contracts import contract, in_order_of_needs
from pipeline.intake.check import check_submission
from pipeline.intake.failures import described, record
from pipeline.intake.follow_up import follow_up
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, SubmissionDecision
from warehouse.ledger.types import SubmissionState

TO_DECIDE: tuple[SubmissionState, ...] = ("staged",)
WAITING: tuple[SubmissionState, ...] = ("waiting",)
WITH_RECEIPT: tuple[SubmissionState, ...] = ("accepted", "partly_held", "held", "waiting", "unreadable")


SHOWN_UNITS = 20  # of those held of one file, by name: the ten townships in two periods


class DecisionFailed(RuntimeError):
    """Some submissions could not be checked, by a fault of this program; the message names their files. All others were
    decided. decided: what `decide_family` gives of those.
    """

    def __init__(self, message: str, decided: dict[str, Any]) -> None:
        super().__init__(message)
        self.decided = decided


def decide_family(home: Home, ledger: Ledger, family: str) -> dict[str, Any]:
    """Decide every staged submission of a family, and those of it that waited for one of them; see
    pipeline.intake.receive.decide.

    Begins with the follow-ups that an interrupted run left due. A submission that cannot be checked stays staged, and
    keeps no other from being decided. Raises DecisionFailed, when all others are done.
    """
    reporting_units: Counter[str] = Counter()
    files: list[str] = []
    held_files: list[dict[str, Any]] = []
    woken: set[str] = set()
    failed: dict[str, str] = {}
    errors: list[Exception] = []
    _take_up_what_waits_for_nothing(ledger, family)
    with RuleRunner(home, ledger) as rule_runner:
        for submission in map(ledger.get, ledger.follow_ups_due()):
            if submission.family == family:
                try:
                    follow_up(home, ledger, rule_runner, submission.submission_id, was_interrupted=True)
                except Exception as error:
                    errors.append(error)
                    failed[submission.submission_id] = f"{submission.file_name}: {type(error).__name__}: {error}"
        while staged := [one for one in ledger.queue(family, states=TO_DECIDE) if one.submission_id not in failed]:
            for submission in in_order(staged):
                try:
                    decision = decide_submission(home, ledger, rule_runner, submission)
                except Exception as error:
                    errors.append(error)
                    line = record(home, f"decide {submission.submission_id} {submission.file_name}", error)
                    failed[submission.submission_id] = f"{submission.file_name}: {line}"
                    continue
                reporting_units.update(reporting_unit.state for reporting_unit in decision.reporting_units)
                files.append(submission.file_name)
                held_files.extend(_held(home, submission, decision))
                woken.update(decision.woken)
    failed |= _write_missing_receipts(home, ledger, family, apart_from=failed)
    requeued = Counter(ledger.get(name).family for name in woken)
    del requeued[family]
    decided = {
        "accepted": reporting_units["accepted"],
        "held": reporting_units["held"],
        "waiting": reporting_units["waiting"],
        "unchanged": reporting_units["unchanged"],
        "files": files,
        "held_files": held_files,
        "requeued": dict(requeued),
    }
    if failed:
        cause = ExceptionGroup("not checked", errors) if errors else None
        raise DecisionFailed("; ".join(failed.values()), decided) from cause
    return decided


def _take_up_what_waits_for_nothing(ledger: Ledger, family: str) -> None:
    """Stage the waiting submissions of which every need is in force: what they waited for may have been accepted by another
    process while they were decided.
    """
    for submission in ledger.queue(family, states=WAITING):
        units = ledger.reporting_units(submission.submission_id)
        needs = {need for one in units if one.state == "waiting" for need in (one.waits_for or ())}
        if needs and all(ledger.current_units(need) for need in needs):
            ledger.restage(submission.submission_id, f"in force: {', '.join(sorted(needs))}")


def _held(home: Home, submission: Submission, decision: SubmissionDecision) -> list[dict[str, Any]]:
    """What of a submission was held: its units, and where its receipt lies; nothing where none was."""
    held = [one for one in decision.reporting_units if one.state == "held"]
    if not held and decision.state != "held":
        return []
    return [
        {
            "submission": submission.submission_id,
            "file": submission.file_name,
            "units": [f"{one.reporting_unit} {one.period or ''}".strip() for one in held[:SHOWN_UNITS]],
            "units_held": len(held),
            "receipt": str(home.receipts / submission.submission_id),
        }
    ]


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
    if any(one.state == "accepted" for one in decision.reporting_units):
        rule_runner.forget_accepted(rules.dataset)
    follow_up(home, ledger, rule_runner, submission.submission_id)
    give_receipt(home, ledger, submission.submission_id)
    return decision


def in_order(submissions: Iterable[Submission]) -> list[Submission]:
    """Submissions in the order in which they are decided: what others need first, then by period and arrival."""
    order = {dataset: place for place, dataset in enumerate(in_order_of_needs())}
    return sorted(
        submissions, key=lambda one: (order[str(one.dataset)], min(one.periods, default=""), one.submission_id)
    )


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
