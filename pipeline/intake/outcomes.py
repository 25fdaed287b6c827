"""The outcome of each reporting unit of a submission: accepted, held, waiting or unchanged, from what was found of it
and the versions that it would replace. `check` calls it; it records nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts import Contract, Finding, finding
from contracts.findings import REPLACED, REPLACES
from contracts.rule_outcomes import RuleOutcomes
from ingestion.version_words import comes_before
from pipeline.intake.changed_figures import Changes, is_update
from pipeline.intake.dropped_rows import DroppedRows
from pipeline.intake.overrides import Overrides
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord, UnitVersion
from warehouse.ledger.types import OutcomeState, UnitState

LetInAs = Mapping[tuple[str, str | None], Literal["accepted", "unchanged"]]
"""Units (reporting_unit, period) of a decided submission that were let in, with their states."""
SHOWN_NAMES = 10  # of dropped rows in a message, which must fit the comment of a cell


@dataclass
class CheckedSubmission:
    """The outcome of each of a submission's units, with every finding behind it, not yet in the ledger.
    checked_against: by needed dataset, the submissions that were in force. rules: what became of each rule.
    """

    outcomes: list[UnitOutcome]
    findings: list[Finding]
    checked_against: dict[str, Any] = field(default_factory=dict)
    rules: RuleOutcomes = field(default_factory=RuleOutcomes)


def unit_outcomes(
    ledger: Ledger,
    rules: Contract,
    submission: Submission,
    staged: list[UnitRecord],
    found: list[Finding],
    missing: tuple[str, ...],
    *,
    excluding: Collection[str],
    dropped: DroppedRows | None,
    changes: Changes | None,
    overrides: Overrides,
    let_in: LetInAs,
) -> CheckedSubmission:
    """The outcome of each staged unit, from everything that was found of the submission.

    missing: datasets that it needs and that are not there yet. excluding: ids of submissions whose versions are left out
    of account. dropped: gives the rows that a version has and the unit lacks; changes: what the unit has otherwise.
    let_in: units that were let in before, of which only findings are judged: which version stands was decided then.
    """
    found = overrides.lifted(found, staged)
    outcomes = []
    versions = _versions(ledger, rules, excluding)
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
        elif before := let_in.get((reporting_unit.reporting_unit, reporting_unit.period)):
            state = before
        elif missing:
            state = "waiting"
        else:
            of_unit = versions[_key(reporting_unit, rules)]
            state, refused = _against_versions(
                ledger, submission, reporting_unit, of_unit, rules, dropped, changes, closed
            )
            lifted = overrides.confirms(reporting_unit, refused) if refused else None
            if lifted is not None:
                state, refused, is_confirmed = "accepted", lifted, True
            found += refused
            is_confirmed = is_confirmed or (state == "accepted" and _was_asked(reporting_unit, found, overrides))
            current = _in_force(of_unit)
            if (
                state == "accepted"
                and changes
                and current
                and not is_update(rules, current.period, reporting_unit.period)
            ):
                found.append(_replacement(ledger, submission, reporting_unit, current, changes, is_confirmed))
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
    found += _acknowledgement(ledger, submission, outcomes)
    checked_against = {
        need: sorted({version.submission_id for version in ledger.current_units(need)}) for need in rules.needs
    }
    return CheckedSubmission(outcomes, found, checked_against)


def _key(reporting_unit: UnitRecord | UnitVersion, rules: Contract) -> tuple[str, str | None]:
    """What a version of a unit is replaced by: one of the same unit, and of the same period where the contract keeps
    periods apart.
    """
    return reporting_unit.reporting_unit, reporting_unit.period if rules.reporting_unit.per_period else None


def _versions(
    ledger: Ledger, rules: Contract, excluding: Collection[str]
) -> dict[tuple[str, str | None], list[UnitVersion]]:
    found: dict[tuple[str, str | None], list[UnitVersion]] = defaultdict(list)
    for version in ledger.versions(rules.dataset):
        if version.submission_id not in excluding:
            found[_key(version, rules)].append(version)
    return found


def _is_held(reporting_unit: UnitRecord, found: list[Finding]) -> bool:
    return any(
        item.severity == "error"
        and item.reporting_unit in (None, reporting_unit.reporting_unit)
        and item.period in (None, reporting_unit.period)
        for item in found
    )


def _was_asked(reporting_unit: UnitRecord, found: list[Finding], overrides: Overrides) -> bool:
    """Whether a finding that asked no longer holds the unit because a person confirmed it."""
    confirmation = overrides.confirmed.get((reporting_unit.reporting_unit, reporting_unit.period))
    return confirmation is not None and any(item.lifted_by == confirmation.decision_id for item in found)


def _in_force(versions: list[UnitVersion]) -> UnitVersion | None:
    return next((version for version in versions if version.is_current), None)


def _replacement(
    ledger: Ledger,
    submission: Submission,
    reporting_unit: UnitRecord,
    current: UnitVersion,
    changes: Changes,
    is_confirmed: bool,
) -> Finding:
    """That an accepted unit takes the place of the version in force; or that this stays in its place, as it arrived later
    (`warehouse.ledger.version_resolution`).
    """
    stays = not is_confirmed and (current.received_at, current.submission_id) > (
        submission.received_at,
        submission.submission_id,
    )
    differing = changes(reporting_unit, current)
    return finding(
        REPLACED if stays else REPLACES,
        reporting_unit=reporting_unit.reporting_unit,
        period=reporting_unit.period,
        found=ledger.get(current.submission_id).file_name,
        **(differing.reversed() if stays else differing).as_operands(),
    )


def _against_versions(
    ledger: Ledger,
    submission: Submission,
    reporting_unit: UnitRecord,
    versions: list[UnitVersion],
    rules: Contract,
    dropped: DroppedRows | None,
    changes: Changes | None,
    closed: Collection[str],
) -> tuple[OutcomeState, list[Finding]]:
    """Whether a unit may replace the version in force, with the findings that hold it until a person confirms that it
    is meant.
    """
    current = _in_force(versions)
    if current and current.content_hash == reporting_unit.content_hash:
        return "unchanged", []
    refused: list[Finding] = []
    here: dict[str, Any] = {"reporting_unit": reporting_unit.reporting_unit, "period": reporting_unit.period}
    if current and is_update(rules, reporting_unit.period, current.period):
        refused.append(
            finding("version.older_than_current", found=reporting_unit.period, expected=current.period, **here)
        )
    elif earlier := next(
        (
            one
            for one in versions
            if one.content_hash == reporting_unit.content_hash and _state_now(ledger, one) != "held"
        ),
        None,
    ):
        is_withdrawn = _state_now(ledger, earlier) == "withdrawn"
        rule = "version.withdrawn_version" if is_withdrawn else "version.superseded_version"
        refused.append(finding(rule, found=earlier.submission_id, **here))
    elif current and dropped and (gone := dropped(reporting_unit, current)):
        refused.append(finding("version.rows_dropped", found=_listed(gone), count=len(gone), **here))
    elif (
        current and changes and comes_before(submission.file_name, name := ledger.get(current.submission_id).file_name)
    ):
        differing = changes(reporting_unit, current).as_operands()
        refused.append(finding("version.earlier_by_name", own=submission.file_name, found=name, **differing, **here))
    if reporting_unit.period in closed:
        refused.append(finding("version.period_closed", found=reporting_unit.period, **here))
    return ("held" if refused else "accepted"), refused


def _state_now(ledger: Ledger, version: UnitVersion) -> UnitState | None:
    """What became of a version that was accepted once. One that is held now was sent back: the same content may come again
    once what held it is gone.
    """
    return next(
        (
            one.state
            for one in ledger.reporting_units(version.submission_id)
            if (one.reporting_unit, one.period) == (version.reporting_unit, version.period)
        ),
        None,
    )


def _listed(names: list[str]) -> str:
    return "、".join(names[:SHOWN_NAMES]) + (" 等" if len(names) > SHOWN_NAMES else "")


def _acknowledgement(ledger: Ledger, submission: Submission, outcomes: list[UnitOutcome]) -> list[Finding]:
    """The one finding of a file that brings nothing new."""
    if not outcomes or any(outcome.state != "unchanged" for outcome in outcomes):
        return []
    earlier = [
        one
        for one in ledger.by_sha256(submission.sha256)
        if one.submission_id < submission.submission_id and one.state in ("accepted", "partly_held")
    ]
    if earlier:
        return [finding("version.identical_file", found=earlier[0].file_name)]
    return [finding("version.identical_content")]
