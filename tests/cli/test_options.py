"""Options that are numbers, days and periods: ASCII digits alone are taken."""

from pathlib import Path

import pytest

from tests.cli.test_main import Run, warehouse
from warehouse.home import Home

__all__ = ["warehouse"]  # the fixture
FULL_WIDTH = [
    (["status", "--last", "５"], "5"),
    (["status", "--due", "--on", "２０２６-01-31"], "2026-01-31"),
    (["approve", "current", "--as", "２０２５Q3"], "2025Q3"),
    (["accept", "S1", "--unit", "x", "--because", "y", "--period", "２０２５"], "2025"),
    (["waive", "a.b", "--unit", "x", "--approver", "l", "--because", "y", "--until", "２０９９-12-31"], "2099-12-31"),
    (
        ["waive", "a.b", "--unit", "x", "--approver", "l", "--because", "y", "--until", "2099-12-31", "--period", "２"],
        "2",
    ),
    (["template", "ecology", "--period", "２０２５"], "2025"),
    (["explain", "补充耕地", "--period", "２０２５"], "2025"),
    (["as-of", "２０２５.1", "--into", "proof"], "2025.1"),
    (["up", "--port", "８０９０"], "8090"),
    (["status", "--last", "٥"], "5"),
]


@pytest.mark.parametrize(("words", "plain"), FULL_WIDTH, ids=lambda value: " ".join(value)[:40])
def test_other_digits_than_ascii_are_refused_with_what_to_write(
    warehouse: Run, tmp_path: Path, words: list[str], plain: str
) -> None:
    home = Home(tmp_path / "home")
    status, out, err = warehouse(home, *words)
    assert (status, out) == (2, "")
    assert "半角数字" in err and "ASCII" in err
    assert plain in err
    assert not home.root.exists()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["approve", "current", "--as", "2025-13"], "2025Q3"),
        (["approve", "current", "--as", "25"], "2025Q3"),
        (["status", "--due", "--on", "2026-02-30"], "2026-01-31"),
        (["status", "--due", "--on", "20260131"], "2026-01-31"),
        (["status", "--last", "0"], "正整数"),
        (["status", "--last", "many"], "正整数"),
    ],
)
def test_what_is_no_such_value_is_refused_with_how_it_is_written(
    warehouse: Run, tmp_path: Path, words: list[str], shown: str
) -> None:
    status, _, err = warehouse(Home(tmp_path / "home"), *words)
    assert status == 2 and shown in err
