"""What differs between two versions: values, codes, shapes, rows."""

import pyarrow as pa

from contracts import contract
from contracts.submission_table import table_columns
from pipeline.intake.changed_figures import ChangedFigures, compare
from tests.support.submission_tables import good_rows, submission_table


def words(dataset: str, older: list[dict], newer: list[dict]) -> dict[tuple[str, str | None], str]:
    rules = contract(dataset)
    found = compare(rules, *(submission_table(rules, rows) for rows in (older, newer)))
    return {reporting_unit: one.as_operands()["differences"] for reporting_unit, one in found.items()}


def test_values_are_shown_with_their_units_the_first_of_many_alone() -> None:
    rows = good_rows(contract("ecology"))
    changed = [dict(row) for row in rows]
    changed[1] |= {
        "forest_area_ha": None,
        "land_area_ha": 1.5,
        "wetland_area_ha": 2.5,
        "protected_wetland_area_ha": 3.5,
    }
    found = words("ecology", rows, changed)
    reporting_unit = (rows[1]["reporting_unit"], "2024")
    assert found[reporting_unit].startswith("4 处不同（土地总面积 ") and " → 1.5 公顷；" in found[reporting_unit]
    assert found[reporting_unit].endswith("；……）")
    assert {found[one] for one in found if one != reporting_unit} == {"数值无差别"}


def test_codes_are_shown_by_name_and_rows_are_counted() -> None:
    rows = good_rows(contract("performance"), 2)
    reporting_unit = {"reporting_unit": "A1", "project_id": "A1"}
    first, second = (
        rows[0] | reporting_unit | {"dimension": "组织实施"},
        rows[1] | reporting_unit | {"dimension": "资金管理"},
    )
    found = words("performance", [first, second], [first | {"full_score": 7.0}])
    assert list(found) == [("A1", "2024")]
    assert found["A1", "2024"].startswith("1 处不同（组织实施 满分 ") and found["A1", "2024"].endswith("）、少 1 行")
    assert words("performance", [first], [first, second])["A1", "2024"] == "多 1 行"


def test_a_shape_that_changed_is_one() -> None:
    rules = contract("forest_land")
    names = table_columns(rules)
    row = {"row_id": 0, "reporting_unit": "layer", "period": "2024", "geometry": b"1", rules.layout.feature_id: "X1"}
    tables = [
        submission_table(rules, [{name: (row | {"geometry": shape}).get(name) for name in names}])
        for shape in (b"1", b"2")
    ]
    assert isinstance(tables[0], pa.Table)
    assert compare(rules, *tables)["layer", "2024"].as_operands()["differences"] == "1 处不同（X1 图形）"


def test_where_versions_are_kept_without_period_another_period_is_compared() -> None:
    rules = contract("project_ledger")
    assert not rules.reporting_unit.per_period
    rows = good_rows(rules, 1)
    found = words("project_ledger", rows, [rows[0] | {"period": "2025-06"}])
    assert found == {(rows[0]["reporting_unit"], None): "数值无差别"}


def test_the_older_version_says_it_the_other_way_round() -> None:
    rules = contract("ecology")
    rows = good_rows(rules, 1)
    tables = [submission_table(rules, [rows[0] | {"forest_area_ha": value}]) for value in (1.0, 2.0)]
    (found,) = compare(rules, *tables).values()
    assert found.as_operands()["differences_en"] == "1 value(s) differ (Forest area 1 → 2 ha)"
    assert found.reversed().as_operands()["differences"] == "1 处不同（森林面积 2 → 1 公顷）"
    assert ChangedFigures(is_known=False).as_operands()["differences"] == "差别未能比较"
