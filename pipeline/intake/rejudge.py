"""Judging again: decided submissions are checked by the rules and waivers of now, beside what is accepted apart from
themselves. `warehouse rejudge` calls it, after a changed rule, an ended waiver or a withdrawal.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from contracts import contract
from pipeline.intake.check import check_again
from pipeline.intake.decide import in_order
from pipeline.intake.outcomes import CheckedSubmission
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.taken_back import UnitChange, after_taking_back, closed_periods, held_now, in_their_place
from warehouse.home import Home
from warehouse.ledger import Ledger, NewNotice, Submission
from warehouse.ledger.types import SubmissionState

JUDGED: tuple[SubmissionState, ...] = ("accepted", "partly_held", "held", "waiting")


class NotRejudgeable(LookupError):
    """A submission is not decided yet, could not be read, or was withdrawn; nothing was changed."""


@dataclass(frozen=True)
class JudgedAgain:
    """What judging a submission again changed, or would change. new_rules, gone_rules: ids of rules that now find
    something, or no longer do.
    """

    submission: Submission
    reporting_units: tuple[UnitChange, ...]
    new_rules: tuple[str, ...]
    gone_rules: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything comes out otherwise."""
        return bool(self.reporting_units or self.new_rules or self.gone_rules)


def rejudge(
    home: Home,
    submission_ids: Collection[str] = (),
    *,
    dataset: str | None = None,
    because: str,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> list[JudgedAgain]:
    """Judge submissions again, in the order of needs and periods; gives for each what changed.

    dataset: all of it that can be judged, beside those that are named. What is accepted now is let in, what is held now
    is taken back, and what it had replaced is in force again; a withdrawn unit stays withdrawn. A dry run judges each
    beside what is accepted now and records nothing. Raises warehouse.ledger.UnknownSubmission, NotRejudgeable, ValueError
    without a reason.
    """
    if not because.strip():
        raise ValueError("请说明理由 (judging again needs a reason)")
    with Ledger.open(home.ensure()) as ledger, RuleRunner(home, ledger) as rule_runner:
        chosen = {name: ledger.get(name) for name in submission_ids}
        for one in chosen.values():
            if one.state not in JUDGED:
                raise NotRejudgeable(f"{one.submission_id} 不能重审 (cannot be judged again): {one.state}")
        if dataset is not None:
            contract(dataset)
            chosen |= {one.submission_id: one for one in ledger.submissions(dataset=dataset, states=JUDGED)}
        judged = [
            _judge(home, ledger, rule_runner, one, because=because, by=decided_by or ledger.actor, dry_run=dry_run)
            for one in in_order(chosen.values())
        ]
        if not dry_run:
            update_receipt_index(home, ledger)
        return judged


def _judge(
    home: Home, ledger: Ledger, rule_runner: RuleRunner, submission: Submission, *, because: str, by: str, dry_run: bool
) -> JudgedAgain:
    name = submission.submission_id
    records, found = ledger.reporting_units(name), ledger.findings(name)
    checked = check_again(home, ledger, rule_runner, submission)
    if not dry_run:
        record(home, ledger, rule_runner, submission, checked, because, decided_by=by)
    before, after = ({(one.rule_id, one.severity) for one in items} for items in (found, checked.findings))
    closed = closed_periods(ledger, submission.dataset)
    outcomes = {(one.reporting_unit, one.period): one for one in checked.outcomes}
    pairs = [(one, outcomes[one.reporting_unit, one.period].state) for one in records if one.state != "withdrawn"]
    changes = [
        UnitChange(one.reporting_unit, one.period, one.state, state, one.period in closed)
        for one, state in pairs
        if one.state != state
    ]
    return JudgedAgain(
        ledger.get(name),
        tuple(changes),
        tuple(sorted({rule for rule, _ in after - before})),
        tuple(sorted({rule for rule, _ in before - after})),
    )


def record(
    home: Home,
    ledger: Ledger,
    rule_runner: RuleRunner,
    submission: Submission,
    checked: CheckedSubmission,
    because: str,
    notice: NewNotice | None = None,
    decided_by: str | None = None,
) -> None:
    """Enter what a submission was found to be when it was checked again, follow it up, and write the receipts. notice:
    entered with it; decided_by: None where the program did.
    """
    per_period = contract(str(submission.dataset)).reporting_unit.per_period
    leaving = held_now(ledger, submission.submission_id, checked.outcomes)
    touched = in_their_place(ledger, submission.submission_id, leaving, per_period=per_period)
    known = ledger.findings(submission.submission_id)
    found = known if Counter(known) == Counter(checked.findings) else checked.findings  # another order is no change
    decision = ledger.judge_again(
        submission.submission_id,
        checked.outcomes,
        found,
        reason=because,
        decided_by=decided_by,
        per_period=per_period,
        checked_against=checked.checked_against,
        notice=notice,
        rules=checked.rules,
    )
    if decision.is_new:
        after_taking_back(home, ledger, rule_runner, submission.submission_id, touched)
