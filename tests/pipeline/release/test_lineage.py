"""From a figure back to its cells: every figure of the target board is the sum of what stands in the files of the
samples.
"""

import json
import math
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from contracts import measure_units
from ingestion.readers.cells import position
from ingestion.readers.tabular import read_workbook
from pipeline.release.lineage import explain
from tests.cli.test_main import Run, warehouse
from tests.support.answers import SAMPLES, agree, key
from warehouse.home import Home
from warehouse.serving import connect

__all__ = ["warehouse"]  # the fixture
pytestmark = pytest.mark.slow

ROLES = ("numerator", "denominator")
DISTRICT = "140404"


@cache
def written(file: str, sheet: str | None, cell: str) -> float:
    """The number that stands in a cell of a sample file."""
    rows = sheets(file)[sheet]
    number, column = position(cell)
    return float(str(rows[number].at(column)).replace(",", ""))


@cache
def sheets(file: str) -> dict[str | None, dict[int, Any]]:
    return {sheet.name: {row.no: row for row in sheet.rows} for sheet in read_workbook(SAMPLES / "clean" / file)}


@cache
def conversions(measure_unit: str) -> tuple[float, ...]:
    """Factors from every unit of its kind to a canonical one."""
    known = measure_units()
    return tuple(
        float(one.factor / known[measure_unit].factor) for one in known.values() if one.kind == known[measure_unit].kind
    )


def lineage(home: Home) -> list[dict[str, Any]]:
    with connect(home) as con:
        return con.execute("from mart_target_lineage").to_arrow_table().to_pylist()


def test_every_figure_of_the_board_is_the_sum_of_cells_and_features(clean_home: Home) -> None:
    sums: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in lineage(clean_home):
        value = row["reported_value"]
        if row["cell"]:
            number = written(f"{row['dataset']}/{row['file_name']}", row["sheet"], row["cell"])
            assert any(
                math.isclose(number * factor, value, rel_tol=1e-9) for factor in conversions(row["measure_unit"])
            ), row
        else:
            assert row["feature"] and value > 0, row
        assert row["amount"] == pytest.approx(value * row["share"] * row["factor"], rel=1e-9)
        sums[row["indicator_code"], row["area_code"], row["period"], row["role"]].append(row["amount"])
    with connect(clean_home) as con:
        board = con.execute("select distinct indicator_code, area_code, period from mart_target_progress").fetchall()
    assert len(board) == 10 * (1 + 3 + 3)
    expected = {(row["indicator"], row["level_id"], row["period"]): row for row in key("expected_indicators")}
    for figure in board:
        for role in ROLES:
            if expected[figure][role] and not expected[figure]["note"].startswith("not derivable"):
                assert agree(math.fsum(sums[(*figure, role)]), expected[figure][role]), (figure, role)


def test_any_other_figure_closes_too(clean_home: Home) -> None:
    asked = [row for row in key("expected_indicators") if row["level"] in ("township", "part")][::37]
    assert len(asked) > 20
    for row in asked:
        tree = explain(clean_home, row["indicator"], row["level_id"], row["period"])
        assert tree["closes"], row
        for made in tree["made_of"].values():
            ends = [end for measure in made["measures"] for file in measure["submissions"] for end in file["made_of"]]
            assert all(end.get("cell") or end.get("feature") for end in ends)
            assert math.fsum(end["amount"] for end in ends) == pytest.approx(made["amount"], rel=1e-12)


def test_what_is_shared_out_stands_with_its_share(clean_home: Home) -> None:
    west, east = (
        explain(clean_home, "农村生活垃圾处理率", part, "2025")["made_of"]["numerator"]["measures"][0]["submissions"][
            0
        ]["made_of"][0]
        for part in ("140404101W", "140404101E")
    )
    assert (west["cell"], west["reported_value"]) == (east["cell"], east["reported_value"])
    assert 0 < west["share"] < 1 and west["share"] + east["share"] == pytest.approx(1)


def test_the_archive_shows_what_was_written(clean_home: Home) -> None:
    tree = explain(clean_home, "hsf_upgrade_area", written=True)
    ends = [end for file in tree["made_of"]["numerator"]["measures"][0]["submissions"] for end in file["made_of"]]
    assert all(
        end["reported_value"] == 0 or end["written"] * end["written_factor"] == pytest.approx(end["reported_value"])
        for end in ends
    )
    assert ends and sum(end["reported_value"] for end in ends) == pytest.approx(tree["numerator"])


def test_the_command_prints_the_tree_and_its_end(warehouse: Run, clean_home: Home) -> None:
    status, out, _ = warehouse(clean_home, "explain", "补充耕地", "--township", "荫城镇")
    assert status == 0 and "验收台账!" in out and "＝" in out
    status, out, _ = warehouse(clean_home, "explain", "supplemented_cropland_area", "--period", "2024", "--json")
    tree = json.loads(out)
    assert status == 0 and tree["closes"] and tree["area_code"] == DISTRICT
    status, _, err = warehouse(clean_home, "explain", "补充耕地", "--period", "1999")
    assert status == 2 and "1999" in err
    assert warehouse(clean_home, "explain", "nothing")[0] == 2


def test_the_table_macro_is_published_beside_the_marts(clean_home: Home) -> None:
    with connect(clean_home) as con:
        macro = con.execute(
            "select sum(amount) from explain('supplemented_cropland_area', ?, '2025Q2')", [DISTRICT]
        ).fetchall()
        mart = con.execute(
            "select numerator from mart_indicator_district where indicator_code = 'supplemented_cropland_area' and period = '2025Q2'"
        ).fetchall()
    assert macro[0][0] == pytest.approx(mart[0][0])
