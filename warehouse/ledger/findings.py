"""Findings as rows of the ledger, and back; `staging` and `decide` write them, receipts and marts read them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from contracts.findings import Finding
from warehouse.ledger import schema

_F = schema.finding.c
NOT_OF_A_FINDING = ("finding_id", "submission_id", "finding_no", "recorded_at", "replaced_at")


def _storable(text: str) -> str:
    """Text from a file may hold what no database takes: NUL, or half a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _row(submission_id: str, number: int, item: Finding, now: datetime) -> dict[str, Any]:
    fields = {name: _storable(value) if isinstance(value, str) else value for name, value in item.as_dict().items()}
    del fields["point"]
    lon, lat = item.point or (None, None)
    return {**fields, "submission_id": submission_id, "finding_no": number, "lon": lon, "lat": lat, "recorded_at": now}


def replace_findings(
    connection: Connection,
    submission_id: str,
    findings: Sequence[Finding],
    keep_units: Collection[str] = (),
    *,
    now: datetime,
) -> None:
    """Replace a submission's findings from now on, but leave those of `keep_units` as they were when these units were
    accepted.
    """
    mine = (_F.submission_id == submission_id) & _F.replaced_at.is_(None)
    connection.execute(
        schema.finding.update()
        .where(mine, or_(_F.reporting_unit.is_(None), _F.reporting_unit.not_in(keep_units)))
        .values(replaced_at=now)
    )
    first = connection.execute(select(func.coalesce(func.max(_F.finding_no) + 1, 0)).where(mine)).scalar_one()
    new = [item for item in findings if item.reporting_unit is None or item.reporting_unit not in keep_units]
    if new:
        connection.execute(
            schema.finding.insert(), [_row(submission_id, first + number, item, now) for number, item in enumerate(new)]
        )


def findings_of(
    connection: Connection, *submission_ids: str, as_of: datetime | None = None
) -> list[tuple[str, int, Finding]]:
    """Submission, number and finding, in the order in which they were recorded; of the given submissions, or of all; as
    they are now, or were at a moment.
    """
    chosen = select(schema.finding).order_by(_F.submission_id, _F.finding_no)
    if as_of is None:
        chosen = chosen.where(_F.replaced_at.is_(None))
    else:
        chosen = chosen.where(_F.recorded_at <= as_of, _F.replaced_at.is_(None) | (_F.replaced_at > as_of))
    if submission_ids:
        chosen = chosen.where(_F.submission_id.in_(submission_ids))
    found = []
    for row in connection.execute(chosen):
        fields = {name: value for name, value in row._mapping.items() if name not in NOT_OF_A_FINDING}
        lon, lat = fields.pop("lon"), fields.pop("lat")
        found.append((row.submission_id, row.finding_no, Finding(**fields, point=None if lon is None else (lon, lat))))
    return found
