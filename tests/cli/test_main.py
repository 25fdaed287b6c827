"""The `warehouse` command: its output and its exit status."""

import csv
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cli.main import main
from tests.support.answers import SAMPLES, agree, key
from warehouse.home import Home
from warehouse.serving import connect

Run = Callable[..., tuple[int, str, str]]

GOOD = SAMPLES / "clean" / "ecology" / "2025生态年报-上党.xls"
HELD = SAMPLES / "traps" / "ecology" / "生态年报（保护湿地大于湿地）.xlsx"
LAYER = SAMPLES / "traps" / "wetland" / "湿地2025（重叠）.zip"
VERBS = {
    "报送 submissions": ["check", "template", "status", "attachments"],
    "决定 decisions": ["accept", "waive", "waivers", "decisions", "withdraw", "rejudge"],
    "数据 data": ["query", "board", "report", "explain"],
    "发布 releases": [
        "publish",
        "override-gate",
        "rollback",
        "release",
        "diff",
        "as-of",
        "approve",
        "revoke",
        "editions",
        "periods",
    ],
    "运行 operations": ["load", "demo", "up", "down", "rebuild", "backup", "restore", "verify", "doctor"],
}
PUBLIC = {"file", "submission", "dataset", "rows_read", "rows_accepted", "rows_held", "rows_control", "findings"}
OF_FINDING = {"rule_id", "severity", "unit", "sheet", "found", "expected", "message"}


@pytest.fixture
def warehouse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process; its exit status, output and error output."""

    def run(home: Home, *words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["warehouse", *map(str, words)])
        monkeypatch.setenv("WAREHOUSE_HOME", str(home.root))
        monkeypatch.setenv("COLUMNS", "150")
        try:
            status = main()
        except SystemExit as ended:
            status = ended.code
        said = capsys.readouterr()
        return int(status or 0), said.out, said.err

    return run


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def value_of(indicator: str, area: str, period: str) -> str:
    """What the answer key gives."""
    [row] = [
        row
        for row in key("expected_indicators")
        if (row["indicator"], row["level_id"], row["period"]) == (indicator, area, period)
    ]
    return row["value"]


def verdicts(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize("verb", [verb for verbs in VERBS.values() for verb in verbs])
def test_the_help_of_a_verb_gives_examples(warehouse: Run, empty_home: Home, verb: str) -> None:
    status, out, _ = warehouse(empty_home, verb, "--help")
    assert status == 0
    assert "Example" in out and f"warehouse {verb}" in out


def test_the_help_lists_the_verbs_in_groups(warehouse: Run, empty_home: Home) -> None:
    status, out, _ = warehouse(empty_home, "--help")
    assert status == 0 and "WAREHOUSE_HOME" in out
    shown: dict[str, list[str]] = {}
    for line in out.splitlines():
        if line.startswith("╭─ "):
            shown[line.strip("╭╮─ ")] = []
        elif line.startswith("│ ") and line[2] not in " -":
            shown[list(shown)[-1]].append(line.split()[1])
    assert {title: verbs for title, verbs in shown.items() if title != "Options"} == VERBS


def test_a_form_is_written_for_one_reporting_unit(warehouse: Run, empty_home: Home, tmp_path: Path) -> None:
    status, out, _ = warehouse(
        empty_home, "template", "rural_waste", "--unit", "荫城镇", "--period", "2025Q3", "--out", tmp_path
    )
    assert status == 0 and Path(out.strip()).parent == tmp_path and "荫城镇" in out


def test_attachments_that_are_not_there_are_an_error_in_one_line(warehouse: Run, empty_home: Home) -> None:
    assert warehouse(empty_home, "attachments", "JC2025-999") == (
        2,
        "",
        "warehouse: 没有“JC2025-999”的附件 (no attachments)\n",
    )


def test_a_home_that_cannot_be_one_is_an_error_in_one_line(warehouse: Run, tmp_path: Path) -> None:
    status, out, err = warehouse(Home(tmp_path), "--home", tmp_path / "a?b", "status")
    assert (status, out) == (2, "") and err.startswith("warehouse: ") and err.count("\n") == 1


def test_before_anything_is_published_that_is_what_it_says(warehouse: Run, empty_home: Home) -> None:
    for verb in (["query", "select 1"], ["board"], ["report"], ["rebuild", empty_home.root.with_name("again")]):
        status, out, err = warehouse(empty_home, *verb)
        assert (status, out) == (2, "")
        assert err.startswith("warehouse: ") and "published" in err and err.count("\n") == 1
    status, out, _ = warehouse(empty_home, "status")
    assert status == 0 and "尚未发布" in out


def test_what_is_no_submission_is_not_readable(warehouse: Run, empty_home: Home, tmp_path: Path) -> None:
    torn = tmp_path / "生态[1].xlsx"
    torn.write_bytes(b"PK\x03\x04 torn")
    status, out, _ = warehouse(empty_home, "check", torn, "--json")
    [said] = verdicts(out)
    assert status == 2
    assert (said["rows_read"], said["rows_accepted"]) == (0, 0)
    assert [item["severity"] for item in said["findings"]] == ["error"]
    status, out, _ = warehouse(empty_home, "check", torn)
    assert status == 2 and torn.name in out, "a name is printed as it is, brackets and all"


def test_what_was_read_is_said_shortly_and_written_as_a_table(warehouse: Run, empty_home: Home, tmp_path: Path) -> None:
    to = tmp_path / "read.csv"
    _, out, _ = warehouse(empty_home, "check", GOOD, "--json", "--table", to)
    [said] = verdicts(out)
    assert {(one["period"], one["state"]) for one in said["units"]} == {("2025", "waiting")}
    assert len({one["reporting_unit"] for one in said["units"]}) == 10
    [sheet] = [one for one in said["reading"]["sheets"] if "ignored" not in one]
    assert sum(one["last"] - one["first"] + 1 for one in sheet["rows"] if one["kind"] == "data") == 10
    with to.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["period"] for row in rows] == ["2025"] * 10
    status, _, err = warehouse(empty_home, "check", GOOD, HELD, "--table", to)
    assert (status, err.count("\n")) == (2, 1) and "--table" in err


@pytest.mark.slow
class TestOnTheCleanHome:
    """The home holds the clean samples."""

    def test_a_good_file_that_is_in_force_is_accepted_and_known_as_identical(
        self, warehouse: Run, clean_home: Home
    ) -> None:
        status, out, _ = warehouse(clean_home, "check", GOOD, "--json")
        [said] = verdicts(out)
        assert status == 0
        assert set(said) >= PUBLIC
        assert (said["file"], said["dataset"]) == (str(GOOD), "ecology")
        assert [item["rule_id"] for item in said["findings"]] == ["version.identical_file"]
        assert (said["rows_read"], said["rows_accepted"], said["rows_held"], said["rows_control"]) == (11, 10, 0, 1)

    def test_several_files_are_a_line_each_and_the_worst_is_the_status(
        self, warehouse: Run, clean_home: Home, tmp_path: Path
    ) -> None:
        garbage = tmp_path / "a.bin"
        garbage.write_bytes(os.urandom(64))
        status, out, _ = warehouse(clean_home, "check", "--json", GOOD, HELD, LAYER)
        good, held, layer = verdicts(out)
        assert status == 1
        assert [Path(said["file"]).name for said in (good, held, layer)] == [GOOD.name, HELD.name, LAYER.name]
        assert (held["rows_accepted"], held["rows_held"], held["rows_control"]) == (9, 1, 1)
        cells = {item["cell"]: item for item in held["findings"]}
        assert {"H13", "G13"} == set(cells)
        part = cells["G13"]
        assert set(part) >= OF_FINDING | {"cell"}
        assert (part["rule_id"], part["severity"], part["unit"], part["sheet"]) == (
            "ecology.part_exceeds_whole",
            "error",
            "140404203",
            "Sheet1",
        )
        assert "134.28" in part["message"] and "131.28" in part["message"]
        assert (layer["rows_read"], layer["rows_held"]) == (276, 276)
        assert all(set(item) >= OF_FINDING | {"feature"} for item in layer["findings"])
        assert "SD00001|SD99999" in {item["feature"] for item in layer["findings"]}
        assert warehouse(clean_home, "check", "--json", GOOD, garbage)[0] == 2

    def test_a_check_leaves_no_trace(self, warehouse: Run, copied_home: Home) -> None:
        def files() -> set[Path]:
            found = {path.relative_to(copied_home.root) for path in copied_home.root.rglob("*") if path.is_file()}
            return {path for path in found if path.parts[0] != "ledger"}

        before = files()
        assert warehouse(copied_home, "check", HELD)[0] == 1
        assert files() == before

    def test_people_read_names_and_remedies(self, warehouse: Run, clean_home: Home) -> None:
        status, out, _ = warehouse(clean_home, "check", HELD)
        assert status == 1
        assert "可接收 9，退回 1，合计行 1" in out
        assert "东和乡 · Sheet1!G13" in out and "改正后重新报送" in out
        assert "9 acceptable, 1 held" in warehouse(clean_home, "check", "--lang", "en", HELD)[1]
        assert "湿地 · SD00001|SD99999" in warehouse(clean_home, "check", LAYER)[1]

    def test_a_query_is_answered_in_three_forms(self, warehouse: Run, clean_home: Home) -> None:
        sql = "select area_code, value from mart_indicator_district where indicator_code = 'eco_redline_area' and period = '2025'"
        status, out, _ = warehouse(clean_home, "query", "--format", "csv", sql)
        header, row = csv.reader(io.StringIO(out))
        assert (status, header, row[0]) == (0, ["area_code", "value"], "140404")
        assert agree(float(row[1]), value_of("eco_redline_area", "140404", "2025"))
        _, out, _ = warehouse(clean_home, "query", "--format", "json", sql)
        assert json.loads(out) == {"area_code": "140404", "value": float(row[1])}
        _, out, _ = warehouse(clean_home, "query", sql)
        assert "140404" in out and row[1][:8] in out
        assert "[brackets]" in warehouse(clean_home, "query", "select '[brackets]' as a")[1]

    def test_a_query_becomes_a_csv_that_excel_opens(self, warehouse: Run, clean_home: Home) -> None:
        sql = "select indicator_name, target_year, value from mart_target_progress where area_level = 'district' order by all"
        status, out, _ = warehouse(clean_home, "query", "--format", "csv", "--headers", "zh", sql)
        assert status == 0 and out.startswith("\ufeff")
        header, *rows = csv.reader(io.StringIO(out.removeprefix("\ufeff")))
        assert header == ["指标", "目标年", "数值（单位见unit）"]
        with connect(clean_home) as con:
            assert [(name, int(year), float(value)) for name, year, value in rows] == con.execute(sql).fetchall()

    def test_a_query_becomes_a_workbook_with_the_same_figures(
        self, warehouse: Run, clean_home: Home, tmp_path: Path
    ) -> None:
        file, sql = tmp_path / "进展.xlsx", "from mart_target_progress where area_level = 'district' order by all"
        assert warehouse(clean_home, "query", "--format", "xlsx", "--headers", "zh", "--out", file, sql)[0] == 0
        sheet = openpyxl.load_workbook(file)["查询结果"]
        header, *rows = sheet[sheet.tables["query"].ref]
        at = [cell.value for cell in header].index("目标值（单位见“单位”）")
        with connect(clean_home) as con:
            want = con.execute(f"select target_value from ({sql})").fetchall()
        assert [(row[at].value,) for row in rows] == want and len(want) > 10

    def test_a_workbook_needs_a_place(self, warehouse: Run, clean_home: Home) -> None:
        for options in (["--format", "xlsx"], ["--format", "json", "--headers", "zh"], ["--out", "a.csv"]):
            status, _, err = warehouse(clean_home, "query", *options, "select 1")
            assert status == 2 and "--format" in err, options

    def test_a_wrong_query_is_said_in_words(self, warehouse: Run, clean_home: Home) -> None:
        status, out, err = warehouse(clean_home, "query", "select nothing from nowhere")
        assert (status, out) == (2, "")
        assert "nowhere" in err and "Traceback" not in err

    def test_a_query_cannot_write_or_read_files(self, warehouse: Run, clean_home: Home) -> None:
        file = SAMPLES / "answers" / "expected_rows.csv"
        for sql in (
            "create table a as select 1",
            f"from read_csv('{file}')",
            f"copy dim_zone to '{file}'",
            "set memory_limit = '1GB'",
        ):
            assert warehouse(clean_home, "query", sql)[0] == 2, sql
        assert file.stat().st_size > 1000

    def test_status_tells_what_arrived_and_what_is_published(self, warehouse: Run, clean_home: Home) -> None:
        status, out, _ = warehouse(clean_home, "status", "--last", "100")
        assert status == 0
        assert "湿地_2025.geojson" in out and "275/275/0/0" in out
        assert f"已发布：{clean_home.current.resolve().name}" in out

    def test_publishing_when_nothing_changed_says_so(self, warehouse: Run, copied_home: Home) -> None:
        before = os.readlink(copied_home.current)
        status, out, _ = warehouse(copied_home, "publish")
        assert status == 0 and "nothing changed" in out
        assert os.readlink(copied_home.current) == before

    def test_the_board_shows_every_target_in_the_order_of_the_plan(self, warehouse: Run, clean_home: Home) -> None:
        status, out, _ = warehouse(clean_home, "board")
        assert status == 0
        lines = [line for line in out.splitlines() if line.startswith("│")]
        assert [line.split()[1] for line in lines[:10]] == [
            "生态保护红线面积",
            "森林覆盖率",
            "湿地保护率",
            "土地整治总规模",
            "补充耕地",
            "中低质量耕地纳入高标准农田提质改造",
            "宜耕后备资源开发、土地整理等补充耕地",
            "建设用地复垦（挂钩类）为耕地",
            "农村生活垃圾处理率",
            "低效用地整治规模",
        ]
        wetland = next(line for line in lines if "湿地保护率" in line)
        assert "7.943" in wetland and "8.34" in wetland and "已到期未达" in wetland
        assert "2025-12-31" in wetland and "未完成（逾期）" in wetland
        cropland = next(line for line in lines if "补充耕地" in line)
        assert "2025-06-30" in cropland and "数据未到期末" in cropland

    def test_a_home_may_be_named_by_an_option(self, warehouse: Run, clean_home: Home, empty_home: Home) -> None:
        status, out, _ = warehouse(
            empty_home, "--home", clean_home.root, "query", "--format", "csv", "select count(*) as n from dim_zone"
        )
        assert (status, out.split()) == (0, ["n", "6"])
