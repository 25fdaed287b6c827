"""The clean samples, carried through Airflow: every row is accounted for, and every figure is the key's."""

import duckdb
import pytest

from tests.answers import agree, findings_of, is_named, key, rows_of
from warehouse.editions import current
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.serving import connect

pytestmark = pytest.mark.slow

NOT_DERIVABLE = "not derivable"


def test_every_row_is_accepted_held_or_a_control_row(clean_home: Home) -> None:
    with Ledger.open(clean_home) as ledger:
        submissions = ledger.submissions()
        units = {one.submission_id: ledger.units(one.submission_id) for one in submissions}
    counted = {}
    for one in submissions:
        facts = sum(unit.facts for unit in units[one.submission_id] if unit.state == "accepted")
        counted[f"clean/{one.dataset}/{one.file_name}"] = (one.rows_read, one.rows_accepted, one.rows_held, one.rows_control, facts)
    expected = {
        row["file"]: tuple(int(row[name]) for name in ("rows_read", "rows_accepted", "rows_held", "control_rows", "facts_accepted"))
        for row in key("expected_rows") if row["group"] == "clean"
    }
    assert {name: counted[name] for name in counted} == {name: expected[rows_of(name)["file"]] for name in counted}
    assert len(counted) == len(expected)


def test_clean_files_have_only_the_listed_findings(clean_home: Home) -> None:
    with Ledger.open(clean_home) as ledger:
        for one in ledger.submissions():
            name = f"clean/{one.dataset}/{one.file_name}"
            found = [item for item in ledger.findings(one.submission_id) if item.severity != "info"]
            listed = findings_of(name)
            assert len(found) == len(listed) and all(is_named(row, found) for row in listed), name


def test_indicators_equal_the_key_to_six_digits(clean_home: Home) -> None:
    with connect(clean_home) as con:
        marts = {
            (code, area, period): values
            for level in ("district", "zone", "township")
            for code, area, period, *values in con.execute(
                f"select indicator_code, area_code, period, numerator, denominator, value, unit, is_allocated from mart_indicator_{level}"
            ).fetchall()
        }
    wrong = []
    for row in key("expected_indicators"):
        numerator, denominator, value, unit, is_allocated = marts[row["indicator"], row["level_id"], row["period"]]
        if row["note"].startswith(NOT_DERIVABLE):
            right = value is None or is_allocated
        else:
            figures = {"numerator": numerator, "denominator": denominator, "value": value}
            right = unit == row["unit"] and all(agree(figure, row[name]) for name, figure in figures.items())
        if not right:
            wrong.append((row["indicator"], row["level_id"], row["period"], numerator, denominator, value, row["value"]))
    assert wrong == []


def test_the_edition_holds_only_the_public_marts(clean_home: Home) -> None:
    folder = current(clean_home)
    assert folder is not None
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        names = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    promised = {
        "dim_township", "dim_zone", "bridge_township_part_zone", "dim_indicator", "dim_project", "mart_indicator_township",
        "mart_indicator_zone", "mart_indicator_district", "mart_target_progress", "mart_project_progress",
    }
    assert promised <= names
    assert not any(name.startswith(("stg_", "int_", "raw")) for name in names)
    assert (folder / "data_docs" / "index.html").is_file()
