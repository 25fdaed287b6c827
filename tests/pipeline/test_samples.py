"""The clean samples, carried through Airflow and published: every figure is the key's."""

import duckdb
import pytest

from tests.support.answers import agree, key
from warehouse.builds import current
from warehouse.home import Home
from warehouse.serving import connect

pytestmark = pytest.mark.slow

NOT_DERIVABLE = "not derivable"


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
        numerator, denominator, value, measure_unit, is_allocated = marts[
            row["indicator"], row["level_id"], row["period"]
        ]
        if row["note"].startswith(NOT_DERIVABLE):
            right = value is None or is_allocated
        else:
            figures = {"numerator": numerator, "denominator": denominator, "value": value}
            right = measure_unit == row["unit"] and all(agree(figure, row[name]) for name, figure in figures.items())
        if not right:
            wrong.append(
                (row["indicator"], row["level_id"], row["period"], numerator, denominator, value, row["value"])
            )
    assert wrong == []


def test_the_edition_holds_only_the_public_marts(clean_home: Home) -> None:
    folder = current(clean_home)
    assert folder is not None
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        names = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    promised = {
        "dim_township",
        "dim_zone",
        "bridge_township_part_zone",
        "dim_indicator",
        "dim_project",
        "mart_indicator_township",
        "mart_indicator_zone",
        "mart_indicator_district",
        "mart_target_progress",
        "mart_project_progress",
    }
    assert promised <= names
    assert not any(name.startswith(("stg_", "int_", "raw")) for name in names)
    assert (folder / "data_docs" / "index.html").is_file()
