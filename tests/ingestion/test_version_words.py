"""What the name of a file says of its place among versions of one report."""

import pytest

from ingestion.version_words import comes_before, place_among_versions


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("生态年报（初稿）.xlsx", 0),
        ("生态年报_征求意见稿.xls", 0),
        ("生态年报未定稿.csv", 0),
        ("生态年报.xlsx", 1),
        ("土地最终保护面积统计.xlsx", 2),
        ("生态年报（最终版2）.xlsx", 2),
        ("生态年报定稿.xlsx", 2),
        ("苏店镇2024年生态状况更正.xlsx", 3),
        ("生态年报（二次更正）.xlsx", 3),
    ],
)
def test_the_place_of_a_name(name: str, place: int) -> None:
    assert place_among_versions(name) == place


@pytest.mark.parametrize(
    ("name", "other", "is_before"),
    [
        ("生态年报（初稿）.xlsx", "生态年报（终稿）.xlsx", True),
        ("年报送审稿.xlsx", "2024 eco.csv", True),
        ("生态年报.xlsx", "生态年报（更正）.xlsx", True),
        ("生态年报.xlsx", "生态年报_更正后.xls", True),
        ("生态年报（终稿）.xlsx", "生态年报（二次更正）.xlsx", True),
        ("生态年报.xlsx", "苏店镇更正.xlsx", False),
        ("生态年报（初稿）.xlsx", "生态年报（征求意见稿）.xlsx", False),
        ("生态年报（更正）.xlsx", "生态年报.xlsx", False),
    ],
)
def test_which_of_two_comes_before(name: str, other: str, is_before: bool) -> None:
    assert comes_before(name, other) is is_before
