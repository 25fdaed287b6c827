"""The outcome of each reporting unit of a submission: accepted, held, waiting or unchanged, from what was found of it
and the versions that it would replace. `decide` and the dry run call it; it records nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from contracts import Contract, Finding, finding
from pipeline.intake.dropped_rows import DroppedRows
from pipeline.intake.waivers import Overrides, overrides_of
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord, UnitVersion
from warehouse.ledger.types import OutcomeState

SHOWN_NAMES = 10  # of dropped rows in a message, which must fit the comment of a cell


@dataclass
class CheckedSubmission:
    """The outcome of each of a submission's units, with every finding behind it, not yet in the ledger.
    checked_against: by needed dataset, the submissions that were in force.
    """

    outcomes: list[UnitOutcome]
    findings: list[Finding]
    checked_against: dict[str, Any] = field(default_factory=dict)


def unit_outcomes(
    ledger: Ledger,
    rules: Contract,
    submission: Submission,
    staged: list[UnitRecord],
    found: list[Finding],
    missing: tuple[str, ...],
    apart_from: str | None = None,
    dropped: DroppedRows | None = None,
    overrides: Overrides | None = None,
) -> CheckedSubmission:
    """The outcome of each staged unit, from everything that was found of the submission.

    missing: datasets that it needs and that are not there yet. apart_from: sha256 of submissions to be left out of
    account, for a dry run. dropped: gives the rows that a version has and the unit lacks. overrides: those of the
    ledger unless given.
    """
    overrides = overrides or overrides_of(ledger, submission)
    found = overrides.waived(found, staged)
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
                reporting_unit, versions[_key(reporting_unit, rules)], rules, dropped, closed
            )
            lifted = overrides.confirms(reporting_unit, refused) if refused else None
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
    return CheckedSubmission(outcomes, found, checked_against)


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
    dropped: DroppedRows | None,
    closed: Collection[str],
) -> tuple[OutcomeState, list[Finding]]:
    """Whether a unit may replace the version in force, with the findings that hold it until a person confirms that it
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
    elif current and dropped and (gone := dropped(reporting_unit, current)):
        refused.append(finding("version.rows_dropped", found=_listed(gone), count=len(gone), **here))
    if reporting_unit.period in closed:
        refused.append(finding("version.period_closed", found=reporting_unit.period, **here))
    return ("held" if refused else "accepted"), refused


def _listed(names: list[str]) -> str:
    return "、".join(names[:SHOWN_NAMES]) + (" 等" if len(names) > SHOWN_NAMES else "")


def _acknowledgement(
    ledger: Ledger, submission: Submission, outcomes: list[UnitOutcome], apart_from: str | None
) -> list[Finding]:
    """The one finding of a file that brings nothing new."""
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
