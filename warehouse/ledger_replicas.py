"""The ledger's own tables, mirrored into the build database row by row, so that marts can say who sent what and when."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import duckdb
import pyarrow as pa

from contracts.findings import Finding
from warehouse.accepted import naive_utc
from warehouse.ledger import Snapshot

SUBMISSION = {
    "submission_id": "VARCHAR",
    "file_name": "VARCHAR",
    "dataset": "VARCHAR",
    "family": "VARCHAR",
    "sender": "VARCHAR",
    "sha256": "VARCHAR",
    "received_at": "TIMESTAMP",
    "state": "VARCHAR",
    "rows_read": "BIGINT",
    "rows_accepted": "BIGINT",
    "rows_held": "BIGINT",
    "rows_control": "BIGINT",
}
SUBMISSION_UNIT = {
    "submission_id": "VARCHAR",
    "dataset": "VARCHAR",
    "reporting_unit": "VARCHAR",
    "period": "VARCHAR",
    "state": "VARCHAR",
    "rows": "BIGINT",
    "facts": "BIGINT",
    "accepted_at": "TIMESTAMP",
    "ended_at": "TIMESTAMP",
    "ended_by": "VARCHAR",
}
FINDING = {
    "submission_id": "VARCHAR",
    "finding_no": "BIGINT",
    **{field.name: "VARCHAR" for field in fields(Finding) if field.name != "point"},
    "lon": "DOUBLE",
    "lat": "DOUBLE",
}
DECISION = {
    "decision_id": "VARCHAR",
    "submission_id": "VARCHAR",
    "dataset": "VARCHAR",
    "reporting_unit": "VARCHAR",
    "period": "VARCHAR",
    "rules": "VARCHAR[]",
    "because": "VARCHAR",
    "decided_by": "VARCHAR",
    "decided_at": "TIMESTAMP",
}
WAIVER = {
    "waiver_id": "VARCHAR",
    "rule_id": "VARCHAR",
    "dataset": "VARCHAR",
    "reporting_unit": "VARCHAR",
    "period": "VARCHAR",
    "approver": "VARCHAR",
    "because": "VARCHAR",
    "until_on": "DATE",
    "granted_at": "TIMESTAMP",
}
EXPECTED_REPORT = {
    "dataset": "VARCHAR",
    "title_zh": "VARCHAR",
    "period": "VARCHAR",
    "reporting_unit": "VARCHAR",
    "unit_zh": "VARCHAR",
    "due_on": "DATE",
    "state": "VARCHAR",
    "state_zh": "VARCHAR",
    "is_met": "BOOLEAN",
    "is_overdue": "BOOLEAN",
    "days_late": "BIGINT",
    "received_at": "TIMESTAMP",
    "submission_id": "VARCHAR",
    "as_of_date": "DATE",
}
TABLES = {
    "submission": SUBMISSION,
    "submission_unit": SUBMISSION_UNIT,
    "finding": FINDING,
    "decision": DECISION,
    "waiver": WAIVER,
    "expected_report": EXPECTED_REPORT,
}
_ARROW = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def _arrow(columns: dict[str, str], rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()]))


def _of(item: Any, columns: dict[str, str]) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in columns}
    return {name: naive_utc(value) if columns[name] == "TIMESTAMP" else value for name, value in values.items()}


def _finding(submission_id: str, number: int, item: Finding) -> dict[str, Any]:
    lon, lat = item.point or (None, None)
    return {**item.as_dict(), "submission_id": submission_id, "finding_no": number, "lon": lon, "lat": lat}


def ledger_tables(snapshot: Snapshot, expected_reports: Iterable[Any] = ()) -> dict[str, pa.Table]:
    """The mirrored tables by name, in the columns of TABLES. obligations: what is owed, with the attributes of
    EXPECTED_REPORT.
    """
    return {
        "submission": _arrow(SUBMISSION, [_of(item, SUBMISSION) for item in snapshot.submissions]),
        "submission_unit": _arrow(SUBMISSION_UNIT, [_of(item, SUBMISSION_UNIT) for item in snapshot.reporting_units]),
        "finding": _arrow(FINDING, [_finding(*line) for line in snapshot.findings]),
        "decision": _arrow(DECISION, [_of(item, DECISION) for item in snapshot.decisions]),
        "waiver": _arrow(WAIVER, [_of(item, WAIVER) for item in snapshot.waivers]),
        "expected_report": _arrow(EXPECTED_REPORT, [_of(item, EXPECTED_REPORT) for item in expected_reports]),
    }


def mirror(con: duckdb.DuckDBPyConnection, name: str, wanted: str) -> tuple[int, int]:
    """Make `raw.<name>` equal to a relation of the same columns, touching only rows that differ; gives rows inserted
    and deleted.
    """
    columns = ", ".join(f'"{column}"' for column in TABLES[name])
    same = " and ".join(f'a."{column}" is not distinct from b."{column}"' for column in TABLES[name])
    deleted = con.execute(
        f"delete from raw.{name} as a where not exists (select 1 from {wanted} as b where {same})"
    ).fetchone()
    inserted = con.execute(
        f"insert into raw.{name} select {columns} from {wanted} as a where not exists (select 1 from raw.{name} as b where {same})"
    ).fetchone()
    return (inserted[0] if inserted else 0), (deleted[0] if deleted else 0)
