"""Two recordings compared: what the map of renamed names explains, and what it does not."""

import copy
import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from cli.main import GROUPS
from tests.support import recording
from tests.support.recording import ASKED, Recorder
from tests.support.recording_differences import Names, unexplained, with_tables

FINDING = {"rule_id": "ecology.part", "message": "缺少“面积”列"}
OLD: dict[str, Any] = {
    "made": {"day": "2026-11-28", "cases": True},
    "check": {"traps/a.xlsx": {"exit": 1, "err": [], "out": {"rows_held": 1, "findings": [FINDING]}}},
    "command": {"clean/restate 2025-07.1 --why": {"exit": 0, "out": [], "err": []}},
    "receipt": {},
    "mart": {
        "clean/mart_finding": {
            "rows": 1,
            "rows_digest": "aa",
            "table": [{"rule_id": "ecology.part", "unit": "A1"}],
            "columns": {
                "rule_id": {"type": "VARCHAR", "values": {"ecology.part": 1}},
                "unit": {"type": "VARCHAR", "values": {"A1": 1}},
            },
        }
    },
}


@pytest.fixture
def new() -> dict[str, Any]:
    """The recording of a code in which a mart, a column, a key, a rule, a command and a message were renamed."""
    made = copy.deepcopy(OLD)
    made["check"]["traps/a.xlsx"]["out"] = {
        "rows_refused": 1,
        "findings": [{"rule_id": "ecology.whole", "message": "没有“面积”列"}],
    }
    made["command"] = {"clean/diff 2025-07.1 --why": {"exit": 0, "out": [], "err": []}}
    made["mart"] = {
        "clean/finding": {
            "rows": 1,
            "rows_digest": "bb",
            "table": [{"rule_id": "ecology.whole", "reporter": "A1"}],
            "columns": {
                "rule_id": {"type": "VARCHAR", "values": {"ecology.whole": 1}},
                "reporter": {"type": "VARCHAR", "values": {"A1": 1}},
            },
        }
    }
    return made


NAMES = Names(
    marts={"mart_finding": "finding"},
    columns={"mart_finding": {"unit": "reporter"}},
    keys={"rows_held": "rows_refused"},
    rules={"ecology.part": "ecology.whole"},
    commands={"restate": "diff"},
    messages=[{"pattern": "缺少“(.*)”列", "replacement": r"没有“\1”列"}],
)


def test_every_command_that_is_recorded_is_one_of_the_program() -> None:
    known = {command.__name__.replace("_", "-") for commands in GROUPS.values() for command in commands}
    assert {words[0] for words in ASKED} <= known


def test_the_map_names_todays_commands() -> None:
    recorded = {**OLD, "command": {"clean/restate 2025-07.1": {}, "clean/query select nothing": {}}}
    names = Names.read(Path(recording.__file__).with_name("renamed.yml"))
    assert list(names.translated(recorded)["command"]) == ["clean/diff 2025-07.1", "clean/query select nothing"]


@pytest.mark.slow
def test_a_command_is_recorded_with_its_exit_status_and_words(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.asks(tmp_path / "home", "clean/diff", "diff", "2025-07.1")
    assert recorder.recorded["command"]["clean/diff"]["exit"] == 2
    (line, *_) = recorder.recorded["command"]["clean/diff"]["err"]
    assert line.startswith("warehouse: 没有这次构建或版次 2025-07.1")


def test_equal_recordings_do_not_differ() -> None:
    assert unexplained(OLD, copy.deepcopy(OLD), Names()) == ([], {})


def test_what_was_renamed_is_explained_by_the_map_alone(new: dict[str, Any]) -> None:
    assert unexplained(OLD, new, NAMES)[0] == []
    shown = {found.path for found in unexplained(OLD, new, Names())[0]}
    assert {
        "check/traps/a.xlsx/out/rows_held",
        "mart/clean/finding",
        "command/clean/restate 2025-07.1 --why",
        "command/clean/diff 2025-07.1 --why",
        "check/traps/a.xlsx/out/findings/0/rule_id",
    } <= shown


def test_a_changed_value_a_new_finding_and_a_lost_row_are_reported(new: dict[str, Any]) -> None:
    new["check"]["traps/a.xlsx"]["exit"] = 0
    new["check"]["traps/a.xlsx"]["out"]["findings"].append({"rule_id": "more"})
    new["mart"]["clean/finding"]["rows"] = 0
    shown = {found.path for found in unexplained(OLD, new, NAMES)[0]}
    assert shown == {"check/traps/a.xlsx/exit", "check/traps/a.xlsx/out/findings/1", "mart/clean/finding/rows"}


def test_an_expected_difference_is_counted_and_only_it(new: dict[str, Any]) -> None:
    new["check"]["traps/a.xlsx"] |= {"exit": 0, "err": ["warehouse: x"]}
    expected = [
        {"where": "check/traps/.*/exit", "new": "0", "because": "accepted now"},
        {"where": "mart/nowhere", "because": "stale"},
    ]
    left, explained = unexplained(OLD, new, Names(**{**vars(NAMES), "expected": expected}))
    assert [found.path for found in left] == ["check/traps/a.xlsx/err/0"]
    assert explained == {"check/traps/.*/exit": 1, "mart/nowhere": 0}


def printed(*columns: str, rows: list[list[str]]) -> list[str]:
    """What the recorder writes down of a table, with a line before and after it."""
    table = Table(*columns, title="收件")
    for row in rows:
        table.add_row(*row)
    page = io.StringIO()
    Console(file=page, width=150).print("<home>", table, "尚未发布")
    return [line.strip() for line in page.getvalue().splitlines()]


def test_a_printed_table_is_compared_by_the_titles_of_its_columns() -> None:
    reported = printed("报表", "已收到", "已收到", rows=[["ecology", "1", ""], ["wetland", "", "22"]])
    assert with_tables({"out": reported, "err": ["│ x │"]}) == {
        "err": ["│ x │"],
        "out": {
            "lines": ["<home>", "收件", "<table>", "尚未发布"],
            "tables": [
                {
                    "columns": {"报表": "a column", "已收到": "a column", "已收到#2": "a column"},
                    "rows": [
                        {"报表": "ecology", "已收到": "1", "已收到#2": ""},
                        {"报表": "wetland", "已收到": "", "已收到#2": "22"},
                    ],
                }
            ],
        },
    }


def test_the_map_explains_a_new_column_of_the_status_and_no_changed_count() -> None:
    old = copy.deepcopy(OLD) | {"command": {"clean/status": {"out": printed("报表", "退回", rows=[["ecology", "4"]])}}}
    names = Names.read(Path(recording.__file__).with_name("renamed.yml"))

    def left(*row: str) -> set[str]:
        later = {"clean/status": {"out": printed("报表", "退回", "已撤回", rows=[list(row)])}}
        return {found.path for found in unexplained(old, {**old, "command": later}, names)[0]}

    rows = "command/clean/status/out/tables/0/rows/0/"
    assert left("ecology", "4", "") == set()
    assert left("ecology", "3", "") == {f"{rows}退回"}
    assert left("ecology", "4", "1") == {f"{rows}已撤回"}
