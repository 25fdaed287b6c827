"""docs/adding-an-indicator.md, carried out in a copy of the project: rows alone make the indicators, and their figures are
those of the page.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.carried_out import FILE, ROOMS, blocks, copied, run
from tests.support.dbt_builds import fill, rows
from tests.support.small_district import ACCEPTED_AT, district
from warehouse.home import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

DOCUMENT, DATASET = CHECKOUT / "docs" / "adding-an-indicator.md", CHECKOUT / "docs" / "adding-a-dataset.md"
WATER = {"140404201": (10, 20, 30, 12), "140404104": (10, 10, 10, 10)}  # as the page says, 万立方米
LAND = {"140404201": (5000, 5000, 6000, 6000), "140404104": (4000, 4000, 4000, 4000)}  # 亩


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the contract of the other page and the rows of this one."""
    project = copied(tmp_path_factory.mktemp("indicator"), *ROOMS)
    (contract,) = [text for kind, text in blocks(DATASET, "## 2.") if kind == "yaml"]
    (project / "contracts" / "irrigation.yml").write_text(contract, encoding="utf-8")
    for kind, text in blocks(DOCUMENT):
        if kind == "csv" and (found := FILE.match(text)):
            with (project / found["path"]).open("a", encoding="utf-8") as seed:
                seed.write(text[found.end() :])
    assert "written: dbt_project/models/staging/stg_irrigation.sql" in run(
        project, project / "home", "python -m dev.generate"
    )
    return project


@pytest.fixture(scope="module")
def database(project: Path) -> Path:
    """A build of the small district and of the page's irrigation reports."""
    database = project.parent / "build.duckdb"
    fill(database, district())
    asked = "import json; from contracts import contract; from warehouse.table_schema import raw_columns; "
    columns = json.loads(
        run(project, project / "home", f"python -c \"{asked}print(json.dumps(raw_columns(contract('irrigation'))))\"")
    )
    with duckdb.connect(str(database)) as con:
        con.execute(f"create table raw.irrigation ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        for number, row in enumerate(_reports()):
            values = {"submission_id": "irrigation", "accepted_at": ACCEPTED_AT, "row_id": number, **row}
            con.execute(
                f"insert into raw.irrigation ({', '.join(values)}) values ({', '.join('?' * len(values))})",
                list(values.values()),
            )
    built = run(
        project,
        project / "home",
        "dbt build --exclude-resource-type unit_test --project-dir dbt_project --profiles-dir dbt_project | tail -3",
        WAREHOUSE_BUILD_DB=str(database),
        DBT_TARGET_PATH=str(project.parent / "target"),
        DBT_LOG_PATH=str(project.parent / "logs"),
    )
    assert "ERROR=0" in built, built
    return database


def _reports() -> list[dict[str, Any]]:
    return [
        {
            "reporting_unit": township,
            "township_code": township,
            "period": f"2024Q{quarter}",
            "water_used_wan_m3": WATER[township][quarter - 1],
            "irrigated_area_mu": LAND[township][quarter - 1],
            "cells": {"water_used_wan_m3": f"C{quarter}", "irrigated_area_mu": f"B{quarter}"},
        }
        for township in WATER
        for quarter in range(1, 5)
    ]


def test_the_figures_are_those_of_the_page(database: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    printed = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.endswith("| 立方米/亩 |")
    ]
    (sql,) = [one for kind, one in blocks(DOCUMENT) if kind == "sql" and "water_per_mu" in one]
    found = rows(database, sql.replace("from mart", "from marts.mart"))
    assert [(*row[:2], *map(float, row[2:5]), row[5]) for row in printed] == [
        (*row[:2], *(pytest.approx(number) for number in row[2:5]), row[5]) for row in found
    ]
    assert len(found) == 10


def test_the_target_is_judged_and_the_cells_are_named(database: Path) -> None:
    judged = rows(
        database,
        "select value, gap, direction, unit, status from marts.mart_target_progress where indicator_code = 'water_per_mu' "
        "and area_level = 'district'",
    )
    assert judged == [(pytest.approx(112), pytest.approx(12), "at_most", "立方米/亩", "no_trend")]
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("use warehouse.marts" if database.stem == "warehouse" else "use build.marts")
        cells = con.execute(
            "select role, cell, reported_value, amount from explain('water_per_mu', '140404201', '2024') order by role, cell"
        ).fetchall()
    assert cells == [
        ("denominator", "B4", 6000.0, 6000.0),
        *(
            ("numerator", f"C{number}", float(value), float(value))
            for number, value in enumerate(WATER["140404201"], 1)
        ),
    ]


def test_a_stock_takes_the_last_report_of_the_year_and_zones_close(database: Path) -> None:
    found = rows(
        database,
        "select period, value, unit from marts.mart_indicator_district where indicator_code = 'irrigated_land' order by period",
    )
    assert found == [
        ("2024", pytest.approx(1.0), "万亩"),
        ("2024Q1", pytest.approx(0.9), "万亩"),
        ("2024Q2", pytest.approx(0.9), "万亩"),
        ("2024Q3", pytest.approx(1.0), "万亩"),
        ("2024Q4", pytest.approx(1.0), "万亩"),
    ]
    zones = rows(
        database,
        "select zoning, sum(value) from marts.mart_indicator_zone where indicator_code = 'irrigated_land' and period = '2024' "
        "group by zoning order by zoning",
    )
    assert zones == [("consolidation", pytest.approx(1.0)), ("restoration", pytest.approx(1.0))]


def test_the_gate_follows_the_registry(project: Path, database: Path) -> None:
    said = run(
        project,
        project / "home",
        'python -c "from pathlib import Path; from expectations.gate import judge; '
        f"print({{one.name: one.passed for one in judge(Path('{database}')).checks}})\"",
    )
    checks = eval(said)
    assert checks["indicators_have_periods"] and checks["indicator_value_follows"] and checks["target_gaps_follow"]
    assert checks["indicator_as_registered"] and checks["marts_have_rows"]
