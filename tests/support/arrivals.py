"""Submissions as the pipeline would enter them, in a line each."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pyarrow as pa

from contracts import contract
from contracts.findings import Finding
from warehouse.home import Home
from warehouse.ledger import Ledger, StagedUnit, SubmissionDecision, UnitOutcome
from warehouse.ledger.types import OutcomeState
from warehouse.staged import write_staged
from warehouse.table_schema import table_schema

_arrivals = count()


def submission_table(dataset: str, rows: list[dict[str, Any]]) -> pa.Table:
    """A submission table; what a row does not say is null, row_id and row_no count up from 0 and 2."""
    schema = table_schema(contract(dataset))
    full = [dict.fromkeys(schema.names) | {"row_id": n, "row_no": n + 2, **row} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(full, schema=schema)


def ecology(forest: dict[str, float], period: str = "2024") -> pa.Table:
    """An ecology table: forest area (ha) by township."""
    return submission_table(
        "ecology",
        [
            {
                "reporting_unit": code,
                "period": period,
                "sheet": "Sheet1",
                "township_code": code,
                "forest_area_ha": area,
                "cells": [("forest_area_ha", f"C{n + 2}")],
            }
            for n, (code, area) in enumerate(forest.items())
        ],
    )


def units_of(table: pa.Table) -> list[StagedUnit]:
    """Units of a submission table; the content hash is simply what the rows say."""
    rows: dict[tuple[str, str | None], list[Any]] = {}
    for row in table.to_pylist():
        own = [row[name] for name in table.column_names if name not in ("row_id", "sheet", "row_no", "cells")]
        rows.setdefault((row["reporting_unit"], row["period"]), []).append(own)
    return [
        StagedUnit(reporting_unit, period, len(own), len(own), f"{abs(hash(str(own))):x}")
        for (reporting_unit, period), own in rows.items()
    ]


def receive(ledger: Ledger, dataset: str = "ecology", arrival_key: str | None = None) -> str:
    """Enter a file; gives its submission id."""
    key = arrival_key or f"arrival {next(_arrivals)}"
    submission, _ = ledger.receive(
        arrival_key=key,
        sha256=f"{abs(hash(key)):064x}",
        file_name=f"{key}.xlsx",
        dataset=dataset,
        family=contract(dataset).family,
        size=7,
        archived_as="archive/somewhere",
    )
    return submission.submission_id


def stage(
    home: Home,
    ledger: Ledger,
    dataset: str,
    table: pa.Table,
    control: int = 0,
    findings: tuple[Finding, ...] = (),
    arrival_key: str | None = None,
) -> str:
    """Receive and stage a submission table; gives its submission id. arrival_key: what the file is called, without ending."""
    name = receive(ledger, dataset, arrival_key)
    ledger.stage(
        name,
        staged_as=write_staged(home, name, dataset, table),
        rows_read=table.num_rows + control,
        rows_control=control,
        findings=findings,
        reporting_units=units_of(table),
        periods=sorted({period for period in table.column("period").to_pylist() if period}),
    )
    return name


def decide(
    ledger: Ledger,
    name: str,
    states: dict[str, OutcomeState] | None = None,
    waits_for: tuple[str, ...] = (),
    **more: Any,
) -> SubmissionDecision:
    """Decide a staged submission; units are accepted unless `states` says otherwise."""
    outcomes = []
    for reporting_unit in ledger.reporting_units(name):
        state = (states or {}).get(reporting_unit.reporting_unit, "accepted")
        outcomes.append(
            UnitOutcome(
                reporting_unit.reporting_unit,
                reporting_unit.period,
                state,
                reporting_unit.rows,
                reporting_unit.facts,
                reporting_unit.content_hash,
                waits_for if state == "waiting" else (),
            )
        )
    more.setdefault("findings", ())
    spec = contract(str(ledger.get(name).dataset))
    return ledger.decide(name, outcomes, per_period=spec.reporting_unit.per_period, **more)


def accept(home: Home, ledger: Ledger, dataset: str, table: pa.Table, **states: OutcomeState) -> str:
    """Receive, stage and decide a submission table; gives its submission id."""
    name = stage(home, ledger, dataset, table)
    decide(ledger, name, states)
    return name


def moment() -> datetime:
    return datetime.now(UTC)
