"""Raw tables are declared once, each column with its title, and hold what the ledger and the files have."""

from dataclasses import fields

import duckdb

from contracts import Finding, measure_units
from pipeline.calendar.expected_reports import ExpectedReport
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.ledger_replicas import TABLES, ledger_tables
from warehouse.raw_tables import RAW_TABLES
from warehouse.sync import sync


def test_every_column_has_a_title_a_meaning_and_a_known_measure_unit() -> None:
    for name, table in RAW_TABLES.items():
        assert table.zh and table.en, name
        for column, spec in table.columns.items():
            assert spec.zh and spec.en, f"{name}.{column}"
            assert spec.measure_unit in {None, "天", *measure_units()}, f"{name}.{column}"
            assert (spec.measure_unit == "m2") == column.endswith("_m2"), f"{name}.{column}"


def test_a_finding_has_every_field_as_a_column() -> None:
    columns = set(RAW_TABLES["finding"].columns) - {"submission_id", "finding_no", "lon", "lat"}
    assert columns == {field.name for field in fields(Finding)} - {"point"}


def test_an_expected_report_has_every_column() -> None:
    given = {field.name for field in fields(ExpectedReport)} | {
        name for name, value in vars(ExpectedReport).items() if isinstance(value, property)
    }
    assert set(RAW_TABLES["expected_report"].columns) <= given


def test_the_build_database_has_the_declared_columns(home: Home, ledger: Ledger) -> None:
    sync(home, ledger)
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        for name, table in RAW_TABLES.items():
            found = con.execute(
                "select column_name, data_type from duckdb_columns() where schema_name = 'raw' and table_name = ? "
                "order by column_index",
                [name],
            ).fetchall()
            assert found == list(table.types.items()), name


def test_replica_tables_have_the_declared_types(ledger: Ledger) -> None:
    tables = ledger_tables(ledger.snapshot())
    assert {name: table.schema for name, table in tables.items()} == {
        name: table.arrow for name, table in TABLES.items()
    }
