"""The receipt for machines. Called by `write`."""

from collections.abc import Sequence
from typing import Any

from contracts import Finding
from contracts.consequences import caused_by, with_causes
from contracts.names import unit_name
from ingestion.receipts.summary import SubmissionSummary, UnitSummary


def document(
    submission: SubmissionSummary, file_name: str, findings: Sequence[Finding], reporting_units: Sequence[UnitSummary]
) -> dict[str, Any]:
    """Everything of a receipt as JSON values, in a stable order of keys and rows.

    A finding has `feature` in a layer, `cell` elsewhere, and stands behind the one that it follows from (`caused_by`); a
    conversion has both keys (`contracts.normalization_log.Conversion`).
    """
    contract = submission.contract
    return {
        "file": file_name,
        "submission": submission.submission_id,
        "dataset": submission.dataset,
        "period": submission.period,
        "sender": submission.sender,
        "received_at": submission.received_at,
        "rows_read": submission.rows_read,
        "rows_accepted": submission.rows_accepted,
        "rows_held": submission.rows_held,
        "rows_control": submission.rows_control,
        "units": [
            {
                "unit": one.reporting_unit,
                "name": unit_name(contract, one.reporting_unit),
                "period": one.period,
                "state": one.state,
                "reason": one.reason,
            }
            for one in reporting_units
        ],
        "findings": [_finding(one, cause, submission) for one, cause in with_causes(findings, contract)],
        "converted": submission.converted,
        "conversions": [one.as_dict() for one in submission.conversions],
        "rules": submission.rules.public(),
        "reading": submission.reading.as_dict(),
    }


def _finding(one: Finding, cause: Finding | None, submission: SubmissionSummary) -> dict[str, Any]:
    contract = submission.contract
    place: dict[str, Any] = (
        {"feature": one.feature} if contract is not None and contract.is_layer else {"cell": one.cell}
    )
    return {
        "rule_id": one.rule_id,
        "severity": one.severity,
        "unit": one.reporting_unit,
        "unit_name": unit_name(contract, one.reporting_unit) if one.reporting_unit else None,
        "period": one.period,
        "sheet": one.sheet,
        **place,
        "field": one.field,
        "found": one.found,
        "expected": one.expected,
        "point": list(one.point) if one.point else None,
        "message": one.message,
        "remedy": one.remedy,
        "message_en": one.message_en,
        "remedy_en": one.remedy_en,
        "caused_by": caused_by(cause),
    }
