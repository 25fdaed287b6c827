"""Follow-up validation: the accepted period that follows newly accepted reporting units is checked again, and what is accepted
of other datasets whose rules compare it with them, so that the order of arrival does not matter; and whoever sent what they
replaced is told. Called after every decision that put something in force; what a crash left undone stays due in
the ledger, and `decide` does it first.
"""

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from contracts import contract
from pipeline.intake.receipts import give_receipt
from pipeline.intake.replaced import tell_replaced
from pipeline.intake.rule_runner import RuleRunner
from warehouse.home import Home
from warehouse.ledger import Ledger

if TYPE_CHECKING:
    from expectations.engine import FollowUpValidation


def follow_up(home: Home, ledger: Ledger, rule_runner: RuleRunner, submission_id: str) -> None:
    """Check what follows the units of a submission that are in force, and what is compared with them, if that is still due;
    then it is no longer.

    What was accepted before stays accepted: its submitter gets a warning in a new receipt. Findings of it beside an
    earlier period than this one, or beside an earlier version of it, are replaced. A receipt that an interrupted
    follow-up left unwritten is due in the ledger, and is written here or by the next `decide`.
    """
    since = ledger.last_moment()
    if submission_id not in ledger.follow_ups_due():
        return
    rules = contract(str(ledger.get(submission_id).dataset))
    reporting_units: dict[str, list[str]] = defaultdict(list)
    for one in ledger.reporting_units(submission_id):
        if one.state == "accepted":
            reporting_units[str(one.period)].append(one.reporting_unit)
    for period, names in reporting_units.items():
        for following, validation in rule_runner.check_following(rules, names, period).items():
            _add(home, ledger, following, validation)
    if reporting_units:
        for beside, validation in rule_runner.check_beside(rules.dataset).items():
            _add(home, ledger, beside, validation)
    tell_replaced(home, ledger, submission_id)
    ledger.follow_up_done(submission_id, since)


def _add(home: Home, ledger: Ledger, submission_id: str, validation: "FollowUpValidation") -> None:
    """Add a follow-up validation to what the ledger has of a submission, and write the receipt that is due then."""
    findings = [replace(item, severity="warning") if item.severity == "error" else item for item in validation.findings]
    outcomes = ledger.rule_outcomes(submission_id)
    if outcomes:
        outcomes.update(validation.outcomes)
    ledger.add_follow_up(submission_id, findings, validation.replaces, outcomes)
    if submission_id in ledger.receipts_due():
        give_receipt(home, ledger, submission_id)


def follow_up_all_due(home: Home, ledger: Ledger, rule_runner: RuleRunner) -> None:
    """Do every follow-up that is due: after a withdrawal, also of what is in force again."""
    for submission_id in ledger.follow_ups_due():
        rule_runner.forget_accepted(str(ledger.get(submission_id).dataset))
        follow_up(home, ledger, rule_runner, submission_id)
