"""Small good submission tables, built from the contracts alone: what tests change one cell of."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from contracts import Contract, FieldSpec, code_lists
from contracts.model import Grain
from contracts.submission_table import table_columns

ARROW_TYPES = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
    "BLOB": pa.binary(),
}
PERIODS: dict[Grain, str] = {"day": "{}-06-30", "month": "{}-06", "quarter": "{}Q2", "year": "{}"}
YEAR = 2024  # of the first ten rows; every ten townships more are a year earlier
FIRST_ROW = 4  # title, submitter and header stand above
ROWS = 3
SHEET = "Sheet1"


def good_rows(contract: Contract, count: int = ROWS) -> list[dict[str, Any]]:
    """Rows that every contract expectation accepts: each its own township, project and number; every cell has an
    address.
    """
    names = list(contract.columns)
    rows = []
    for number in range(count):
        values = {name: _value(contract, name, spec, number) for name, spec in contract.columns.items()}
        cells = {name: f"{chr(65 + names.index(name))}{FIRST_ROW + number}" for name in names}
        reporting_unit = "|".join(str(values[name]) for name in contract.reporting_unit.fields) or "layer"
        rows.append(
            {
                "row_id": number,
                "sheet": SHEET,
                "row_no": FIRST_ROW + number,
                "reporting_unit": reporting_unit,
                "period": PERIODS[contract.period.grain].format(YEAR - number // 10),
                "cells": None if contract.is_layer else list(cells.items()),
                "feature": str(values[contract.layout.feature_id]) if contract.layout.feature_id else None,
                **values,
            }
        )
    return rows


def submission_table(contract: Contract, rows: list[dict[str, Any]]) -> pa.Table:
    """A submission table of these rows; a column that a row lacks is null."""
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in table_columns(contract).items()])
    return pa.Table.from_pylist(rows, schema=schema)


def good_table(contract: Contract, count: int = ROWS) -> pa.Table:
    return submission_table(contract, good_rows(contract, count))


def cell(contract: Contract, field: str, row: int) -> str | None:
    """Address that `good_rows` gives a field of a row."""
    return None if contract.is_layer else f"{chr(65 + list(contract.columns).index(field))}{FIRST_ROW + row}"


def _value(contract: Contract, name: str, spec: FieldSpec, number: int) -> Any:
    if spec.type == "township":
        return list(code_lists()["township"].values)[number % 10]
    if spec.type == "township_list":
        return list(code_lists()["township"].values)[:2]
    if spec.type == "project":
        projects = list(code_lists()["plan_project"].values)
        return projects[number] if number < len(projects) else f"{projects[0]}-{number:02d}"
    if spec.type == "boolean":
        return True
    if spec.type == "date":
        return date(2024, 6, 10) + timedelta(days=number)
    if spec.type == "month":
        return "2024-06"
    if spec.list:
        return list(code_lists()[spec.list].values)[number % len(code_lists()[spec.list].values)]
    if spec.is_numeric:
        return 10 + number if spec.type == "count" else 10.5 + number
    return f"{spec.zh}{number + 1}"
