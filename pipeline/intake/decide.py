"""The decision on what was read: which reporting units are accepted, held or wait, and the receipt. `receive` calls it
for a family, `pipeline.release.rebuild` for a submission; the outcome of each unit comes from `check`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from contracts import contract, in_order_of_needs
from pipeline.failures import DecisionFailed
from pipeline.intake import notices as intake_notices
from pipeline.intake.attempts import note_attempt, resting
from pipeline.intake.check import check_submission
from pipeline.intake.failures import record
from pipeline.intake.follow_up import follow_up
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import DECIDED, Ledger, Submission, SubmissionDecision
from warehouse.ledger.types import SubmissionState

TO_DECIDE: tuple[SubmissionState, ...] = ("staged",)
WAITING: tuple[SubmissionState, ...] = ("waiting",)
WITH_RECEIPT: tuple[SubmissionState, ...] = tuple(DECIDED)
SHOWN_UNITS = 20  # of those held of one file, by name: the ten townships in two periods


def decide_family(home: Home, ledger: Ledger, family: str, *, rested: bool = False) -> dict[str, Any]:
    """Decide every staged submission of a family, and those of it that waited for one of them; see
    pipeline.intake.receive.decide.

    Begins with the follow-ups that an interrupted run left due, ends with the receipts that are. A submission that cannot
    be checked, by a failure of ours, stays staged and keeps no other from being decided; each attempt is noted, and
    operators are notified of one that fails again and again. rested: see pipeline.intake.receive.decide. Raises
    DecisionFailed, when all others are done.
    """
    reporting_units: Counter[str] = Counter()
    files: list[str] = []
    held_files: list[dict[str, Any]] = []
    woken: set[str] = set()
    failures = _Failures(home, ledger)
    left_out = resting(ledger, "decide_failed") if rested else frozenset()
    _take_up_what_waits_for_nothing(ledger, family)
    with RuleRunner(home, ledger) as rule_runner:
        for submission in _of_family(ledger, ledger.follow_ups_due(), family, left_out):
            with failures.of(submission, "follow up"):
                follow_up(home, ledger, rule_runner, submission.submission_id)
        while staged := [
            one
            for one in ledger.queue(family, states=TO_DECIDE)
            if one.submission_id not in failures.messages.keys() | left_out
        ]:
            for submission in in_order(staged):
                with failures.of(submission, "decide"):
                    decision = decide_submission(home, ledger, rule_runner, submission)
                    reporting_units.update(reporting_unit.state for reporting_unit in decision.reporting_units)
                    files.append(submission.file_name)
                    held_files.extend(_held(home, ledger, submission, decision))
                    woken.update(decision.woken)
    for submission in _of_family(ledger, ledger.receipts_due(), family, left_out | failures.messages.keys()):
        if submission.state in WITH_RECEIPT:
            with failures.of(submission, "receipt"):
                give_receipt(home, ledger, submission.submission_id)
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
    failures.check(decided)
    return decided


class _Failures:
    """What failed by our own fault while a family was decided. messages: by submission, with the name of its file."""

    def __init__(self, home: Home, ledger: Ledger) -> None:
        self._home = home
        self._ledger = ledger
        self.messages: dict[str, str] = {}
        self._errors: list[Exception] = []
        self._is_notified = True

    @contextmanager
    def of(self, submission: Submission, what: str) -> Iterator[None]:
        """Catch what fails inside, note the attempt, and notify operators of one that fails often."""
        try:
            yield
        except Exception as error:
            name = submission.submission_id
            line = record(self._home, f"{what} {name} {submission.file_name}", error)
            attempts = note_attempt(self._ledger, "decide_failed", submission, error)
            self._is_notified &= intake_notices.not_decided(self._home, self._ledger, submission, error, attempts)
            self.messages[name] = f"{submission.file_name}: {line}"
            self._errors.append(error)

    def check(self, decided: dict[str, Any]) -> None:
        """Raises DecisionFailed where anything failed."""
        if not self._errors:
            return
        failed = DecisionFailed("; ".join(self.messages.values()), decided)
        if self._is_notified:
            notices.mark(failed, "decide_failed")
        raise failed from ExceptionGroup("not decided", self._errors)


def _of_family(ledger: Ledger, due: Iterable[str], family: str, left_out: Collection[str]) -> list[Submission]:
    return [one for one in map(ledger.get, due) if one.family == family and one.submission_id not in left_out]


def _take_up_what_waits_for_nothing(ledger: Ledger, family: str) -> None:
    """Stage the waiting submissions of which every need is in force: what they waited for may have been accepted by another
    process while they were decided.
    """
    for submission in ledger.queue(family, states=WAITING):
        reporting_units = ledger.reporting_units(submission.submission_id)
        needs = {need for one in reporting_units if one.state == "waiting" for need in (one.waits_for or ())}
        if needs and all(ledger.current_units(need) for need in needs):
            ledger.restage(submission.submission_id, f"in force: {', '.join(sorted(needs))}")


def _held(home: Home, ledger: Ledger, submission: Submission, decision: SubmissionDecision) -> list[dict[str, Any]]:
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
            "receipt": str(home.absolute(str(ledger.get(submission.submission_id).receipt_as))),
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
        rules=checked.rules,
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
