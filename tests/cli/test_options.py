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


DECISIONS = (
    ("accept", "S1", "--unit", "A1"),
    ("waive", "r.x", "--unit", "A1", "--until", "2099-12-31", "--approver", "李局长"),
    ("waive", "--end", "W1"),
    ("withdraw", "S1"),
    ("rejudge", "S1"),
    ("approve", "current"),
    ("revoke", "2025-06.1"),
    ("periods", "--open", "ecology", "2024"),
    ("override-gate", "b1", "--check", "a"),
    ("rollback", "previous"),
    ("release",),
)


@pytest.mark.parametrize("words", DECISIONS, ids=" ".join)
@pytest.mark.parametrize(("option", "other"), [("--because", "--by"), ("--by", "--because")])
@pytest.mark.parametrize("empty", ["", " 　"])
def test_an_empty_reason_or_name_is_refused_by_every_decision(
    warehouse: Run, tmp_path: Path, words: tuple[str, ...], option: str, other: str, empty: str
) -> None:
    status, _, err = warehouse(Home(tmp_path / "home").ensure(), *words, option, empty, other, "x")
    assert status == 2 and option in err and "请写明，不能为空 (must not be empty)" in err


@pytest.mark.parametrize("words", [("approve", "current"), ("approve", "b1")], ids=" ".join)
def test_an_approval_needs_a_reason(warehouse: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    status, _, err = warehouse(Home(tmp_path / "home").ensure(), *words, "--by", "王局长")
    assert status == 2 and "请写明理由 (a reason is required): --because" in err


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
