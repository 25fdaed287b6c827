"""A form of every contract: filled in and sent back it is accepted whole, and says what was written."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import Contract, contract, contracts
from expectations.suites import validate
from ingestion.normalize import NormalizedFile, normalize
from ingestion.recognise import recognise
from ingestion.templates import Form, form_of, write_template
from ingestion.templates.form import Key
from tests.support.filled_forms import expected, fill_layer, fill_workbook, filled_rows

pytestmark = pytest.mark.slow  # fills in and reads a form of every dataset

PERIODS = {"year": "2025", "quarter": "2025Q3", "month": "2025-03", "day": "2021-10-31"}
TABLES = [name for name, item in contracts().items() if not item.is_layer]
LAYERS = [name for name, item in contracts().items() if item.is_layer]


def _form(item: Contract) -> Form:
    reporting_unit = "荫城镇" if item.reporting_unit.kind == "township_located" else None
    return form_of(item, reporting_unit, PERIODS[item.period.grain])


def _back(form: Form, path: Path) -> NormalizedFile:
    """The filled form as it is read, which nothing is found in."""
    item = form.contract
    normalized = normalize(path, path.name, item, "s1")
    found = [
        (one.rule_id, one.sheet, one.cell, one.message)
        for one in (*normalized.findings, *validate(normalized.table, item, []))
    ]
    assert found == []
    return normalized


@pytest.mark.parametrize("name", TABLES)
def test_a_filled_workbook_is_accepted_and_says_what_was_written(name: str, tmp_path: Path) -> None:
    form = _form(contract(name))
    path = write_template(form, tmp_path / form.file_name)
    rows = filled_rows(form, Random(name))
    fill_workbook(form, path, rows)
    normalized = _back(form, path)
    assert (normalized.rows_read, normalized.rows_control) == (len(rows), 0)
    assert _read(form, normalized) == _as_written(form, rows)


def _as_written(form: Form, rows: list[dict[Key, Any]]) -> list[list[Any]]:
    return [[expected(column, row[column.key]) for column in form.columns if column.role != "name"] for row in rows]


def _read(form: Form, normalized: NormalizedFile) -> list[list[Any]]:
    """The values of each row of the sheet, in the form's order; a wide row is several of the table's."""
    by_row: dict[int, list[dict[str, Any]]] = {}
    for fact in normalized.table.to_pylist():
        by_row.setdefault(fact["row_no"], []).append(fact)
    return [
        [
            next(
                fact[column.field.name]
                for fact in facts
                if column.class_code in (None, fact.get(form.contract.layout.class_field or ""))
            )
            for column in form.columns
            if column.role != "name"
        ]
        for facts in by_row.values()
    ]


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(TABLES), seed=st.integers(0, 2**32))
def test_whatever_is_filled_in_is_what_is_read(name: str, seed: int, tmp_path: Path) -> None:
    form = _form(contract(name))
    path = write_template(form, tmp_path / form.file_name)
    rows = filled_rows(form, Random(seed))
    fill_workbook(form, path, rows)
    normalized = normalize(path, path.name, form.contract, "s1")
    assert normalized.findings == []
    assert _read(form, normalized) == _as_written(form, rows)


@pytest.mark.parametrize("name", LAYERS)
def test_a_filled_layer_is_accepted_and_says_what_was_written(name: str, tmp_path: Path) -> None:
    form = _form(contract(name))
    path = write_template(form, tmp_path / form.file_name)
    rows = fill_layer(form, path, Random(name))
    normalized = _back(form, path)
    assert normalized.rows_read == len(rows)
    for column in form.columns:
        written = [expected(column, row[column.field.name]) for row in rows]
        assert normalized.table[column.field.name].to_pylist() == written
    assert normalized.table["period"].to_pylist() == [normalized.table["period"][0].as_py()] * len(rows)


@pytest.mark.parametrize("name", contracts())
def test_a_form_is_recognised_without_a_folder(name: str, tmp_path: Path) -> None:
    form = _form(contract(name))
    path = write_template(form, tmp_path / form.file_name)
    assert recognise(path, path.name, None).dataset == name
