"""The check of what was read: its rules, what a build needs of it, and from both the outcome of each reporting unit.
`decide`, the dry run, `accept`, `waive` and `rejudge` call it; it records nothing.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from contracts import Contract, Finding, contract, contracts, finding
from contracts.findings import REPLACED, REPLACES
from contracts.rule_outcomes import RULES_NOTE, WAITS, outcomes_of
from expectations.period_bounds import OUT_OF_BOUNDS, periods_out_of_bounds
from pipeline.intake.buildable import partition_fault
from pipeline.intake.outcomes import CheckedSubmission, LetInAs, unit_outcomes
from pipeline.intake.overrides import VERSION_RULES, Overrides, overrides_of, received_on, without_waiver
from pipeline.intake.rule_runner import RuleRunner
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitRecord
from warehouse.ledger.staging import KEPT_STATES
from warehouse.staged import read_staged

CANNOT_BE_BUILT = "build.cannot_be_built"
TIMEOUT = "reading.timeout"
"""Of a submission that has a staged file, the checks of its layer ran into it, not its reading."""


def check_submission(
    home: Home, ledger: Ledger, rule_runner: RuleRunner, submission: Submission, overrides: Overrides | None = None
) -> CheckedSubmission:
    """Check a staged submission against its rules and against what was accepted before it; gives the outcome of each
    unit. overrides: those of the ledger unless given.
    """
    staged = ledger.reporting_units(submission.submission_id)
    found = ledger.findings(submission.submission_id)
    return check_read(ledger, rule_runner, submission, staged, found, _table(home, submission), overrides)


def check_again(
    home: Home, ledger: Ledger, rule_runner: RuleRunner, submission: Submission, overrides: Overrides | None = None
) -> CheckedSubmission:
    """Check a decided submission once more, by the rules and overrides of now, beside what is accepted apart from
    itself.

    Findings of reading stay; all others are found anew, but for what was said of the versions that units let in before
    replaced: that was decided then.
    """
    staged = ledger.reporting_units(submission.submission_id)
    let_in: LetInAs = {
        (one.reporting_unit, one.period): "accepted" if one.state == "accepted" else "unchanged"
        for one in staged
        if one.state in KEPT_STATES
    }
    found = [
        without_waiver(item, ledger.waivers())
        for item in ledger.findings(submission.submission_id)
        if not _is_found_anew(item, let_in)
    ]
    table = _table(home, submission)
    return check_read(
        ledger, rule_runner, submission, staged, found, table, overrides, let_in, excluding={submission.submission_id}
    )


def check_read(
    ledger: Ledger,
    rule_runner: RuleRunner,
    submission: Submission,
    staged: list[UnitRecord],
    found: list[Finding],
    table: Any,
    overrides: Overrides | None = None,
    let_in: LetInAs | None = None,
    excluding: Collection[str] = (),
) -> CheckedSubmission:
    """The outcome of each unit of a submission, and every finding behind it.

    found: what reading it found; table: its submission table, None where it has no rows; let_in: units that were let in
    before, with their states; excluding: ids of submissions that do not count as accepted.
    """
    rules = contract(str(submission.dataset))
    missing = tuple(
        need
        for need in rules.needs
        if all(version.submission_id in excluding for version in ledger.current_units(need))
    )
    found = list(found)
    if table is not None:
        found += periods_out_of_bounds(table, rules, received_on(submission), found)
    outcomes = outcomes_of(json.loads(submission.notes.get(RULES_NOTE, "{}")))
    if missing:
        reporting_units = [(one.reporting_unit, one.period) for one in staged]
        for rule_id in rule_runner.rule_ids(rules):
            outcomes.put((rule_id, None), reporting_units, WAITS)
    elif table is not None:
        known = set(found)
        new = rule_runner.check_table(table, rules, found, excluding, outcomes)
        found += [item for item in new if item not in known]
    checked = unit_outcomes(
        ledger,
        rules,
        submission,
        staged,
        found,
        missing,
        excluding=excluding,
        dropped=None if table is None else rule_runner.dropped_rows(table, rules),
        changes=None if table is None else rule_runner.changed_figures(table, rules),
        overrides=overrides or overrides_of(ledger, submission),
        let_in=let_in or {},
    )
    if table is not None:
        checked = _held_where_unbuildable(checked, rule_runner, rules, table, excluding)
    outcomes.put_findings(checked.findings)
    return replace(checked, rules=outcomes)


def _held_where_unbuildable(
    checked: CheckedSubmission, rule_runner: RuleRunner, rules: Contract, table: Any, excluding: Collection[str]
) -> CheckedSubmission:
    """Holds a boundary or a zoning by which no layer could be cut: no waiver makes it usable."""
    accepted = [one for one in checked.outcomes if one.state in KEPT_STATES]
    layers = rule_runner.partition_layers(table, rules, excluding) if accepted else None
    fault = None if layers is None else partition_fault(*layers)
    if fault is None:
        return checked
    outcomes = [replace(one, state="held") if one in accepted else one for one in checked.outcomes]
    held = [
        finding(CANNOT_BE_BUILT, reporting_unit=one.reporting_unit, period=one.period, found=fault) for one in accepted
    ]
    kept = [one for one in checked.findings if one.rule_id not in (REPLACES, REPLACED)]  # what is held replaces nothing
    return CheckedSubmission(outcomes, [*kept, *held], checked.checked_against)


def _table(home: Home, submission: Submission) -> Any:
    return read_staged(home, submission.staged_as, str(submission.dataset)) if submission.staged_as else None


def _is_found_anew(item: Finding, let_in: LetInAs) -> bool:
    if item.rule_id.startswith(VERSION_RULES):
        return (str(item.reporting_unit), item.period) not in let_in
    if item.rule_id.startswith("layer."):
        from ingestion.normalize.layer_checks import is_of_layer_checks

        return is_of_layer_checks(item)
    return item.rule_id in (CANNOT_BE_BUILT, TIMEOUT, OUT_OF_BOUNDS) or item.rule_id.split(".")[0] in contracts()
