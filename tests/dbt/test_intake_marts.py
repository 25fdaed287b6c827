"""How files were read and checked, over the small district: rule outcomes and the reading record."""

from pathlib import Path

import pytest

from tests.support.dbt_builds import rows
from tests.support.small_district import BAYI, XICHI

pytestmark = pytest.mark.slow


def test_each_rule_has_its_outcome_for_each_reporting_unit(built: Path) -> None:
    found = rows(
        built,
        """
        select reporting_unit, rule_id, field, outcome, reason, reason_zh from marts.mart_rule_outcome
        where submission_id = 'S1' and dataset = 'ecology' and period = '2025' order by all
    """,
    )
    earlier = ("ecology.forest_area_drop", None, "not_applicable", "no_earlier_period", "没有更早的已接收数据可比")
    missing = ("contract.missing_value", "land_area_ha", "passed", None, None)
    assert found == [
        (BAYI[1], *missing),
        (BAYI[1], *earlier),
        (BAYI[1], "ecology.part_exceeds_whole", None, "failed", None, None),
        (XICHI[1], *missing),
        (XICHI[1], *earlier),
        (XICHI[1], "ecology.part_exceeds_whole", None, "passed", None, None),
    ]


def test_the_reading_of_a_file_is_a_row_for_each_of_its_parts(built: Path) -> None:
    found = rows(
        built,
        "select file_name, sheet, part, kind, place, written, read_as, score from marts.mart_reading order by item_no",
    )
    assert found == [
        ("生态2025.xlsx", "Sheet1", "sheet", "read", None, None, None, None),
        ("生态2025.xlsx", "Sheet1", "column", "similar", "C3", "森林復盖", "forest_coverage_pct", 92.0),
    ]
