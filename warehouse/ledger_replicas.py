"""Ledger replica tables: the ledger's own tables in the build database, row by row, so that marts can say who sent what
and when. `sync` calls this.
"""

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from contracts import contracts
from contracts.findings import Finding
from contracts.persons import finding_without_persons
from warehouse.accepted import naive_utc
from warehouse.ledger import Snapshot
from warehouse.raw_intake_tables import INTAKE_TABLES
from warehouse.raw_tables import RAW_TABLES
from warehouse.reading_items import reading_rows, rule_outcome_rows

TABLES = {
    name: RAW_TABLES[name]
    for name in ("submission", "submission_unit", "finding", "decision", "waiver", "expected_report", *INTAKE_TABLES)
}


def _table(name: str, items: Iterable[Any]) -> pa.Table:
    """Objects with the attributes that a replica table has as columns, as rows of it."""
    types = TABLES[name].types
    rows = [
        {
            column: naive_utc(getattr(item, column)) if sql_type == "TIMESTAMP" else getattr(item, column)
            for column, sql_type in types.items()
        }
        for item in items
    ]
    return pa.Table.from_pylist(rows, schema=TABLES[name].arrow)


def _finding(submission_id: str, number: int, item: Finding) -> dict[str, Any]:
    lon, lat = item.point or (None, None)
    return {**item.as_dict(), "submission_id": submission_id, "finding_no": number, "lon": lon, "lat": lat}


def ledger_tables(snapshot: Snapshot, expected_reports: Iterable[Any] = ()) -> dict[str, pa.Table]:
    """The ledger replica tables by name, in the columns of TABLES. expected_reports: with the attributes that
    `raw.expected_report` has as columns.
    """
    datasets = {one.submission_id: one.dataset for one in snapshot.submissions}
    findings = [
        _finding(sent, number, finding_without_persons(item, contracts().get(datasets.get(sent) or "")))
        for sent, number, item in snapshot.findings
    ]
    return {
        "submission": _table("submission", snapshot.submissions),
        "submission_unit": _table("submission_unit", snapshot.reporting_units),
        "finding": pa.Table.from_pylist(findings, schema=TABLES["finding"].arrow),
        "decision": _table("decision", snapshot.decisions),
        "waiver": _table("waiver", snapshot.waivers),
        "expected_report": _table("expected_report", expected_reports),
        **{
            name: pa.Table.from_pylist(rows, schema=TABLES[name].arrow)
            for name, rows in (
                ("rule_outcome", list(rule_outcome_rows(snapshot.rules))),
                ("reading_item", list(reading_rows(snapshot.submissions))),
            )
        },
    }


def replicate(con: duckdb.DuckDBPyConnection, name: str, wanted: str) -> tuple[int, int]:
    """Make `raw.<name>` equal to a relation of the same columns, touching only rows that differ; gives rows inserted
    and deleted.
    """
    columns = ", ".join(f'"{column}"' for column in TABLES[name].columns)
    same = " and ".join(f'a."{column}" is not distinct from b."{column}"' for column in TABLES[name].columns)
    deleted = con.execute(
        f"delete from raw.{name} as a where not exists (select 1 from {wanted} as b where {same})"
    ).fetchone()
    inserted = con.execute(
        f"insert into raw.{name} select {columns} from {wanted} as a where not exists (select 1 from raw.{name} as b where {same})"
    ).fetchone()
    return (inserted[0] if inserted else 0), (deleted[0] if deleted else 0)
