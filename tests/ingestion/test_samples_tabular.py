"""Every workbook and CSV of the samples, against the samples' own key."""

import csv
import itertools
from functools import cache

import pyarrow.compute as pc
import pytest

from contracts import catalogue, contracts
from ingestion.normalize.result import NormalizedFile, table_schema
from ingestion.normalize.table import normalize_table
from tests.support.answers import SAMPLES

TABULAR = {name for name, contract in contracts().items() if not contract.is_layer}
OURS = {rule.split(".")[1] for rule in catalogue() if rule.split(".")[0] in ("reading", "normalize", "sheet")}
# the reading of a file whose dates contradict its title: the date counts (DATASETS: event ledgers take the year of the
# event's date), and of the title of one that its file name contradicts: proposed, and asked about
BY_DATE = {
    "traps/ecology/上党区2023年生态状况年报（补报）.xlsx": ["2024"],
    "traps/project_acceptance/验收台账2025（日期有误）.xlsx": ["2025", "2099"],
    "traps/supervision/监督检查记录补报.xlsx": ["2024"],
}


def key(name: str) -> list[dict[str, str]]:
    with (SAMPLES / "answers" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


ROWS = {row["file"]: row for row in key("expected_rows") if row["dataset"] in TABULAR}
FINDINGS = [row for row in key("expected_findings") if row["rule"] in OURS and row["file"] in ROWS]


@cache
def normalized(file: str) -> NormalizedFile:
    path = SAMPLES / file
    return normalize_table(path, path.name, contracts()[ROWS[file]["dataset"]], "s1")


def found(file: str) -> set[tuple[str | None, str | None, str, str]]:
    return {(item.sheet, item.cell, item.rule_id.split(".")[1], item.severity) for item in normalized(file).findings}


def by_key(file: str, *columns: str) -> dict[tuple, float]:
    """One row each: key columns -> the last column's value."""
    table = normalized(file).table
    return {
        tuple(row[name] for name in columns[:-1]): row[columns[-1]]
        for row in table.select(list(dict.fromkeys(columns))).to_pylist()
    }


def test_the_key_names_files_of_every_tabular_dataset():
    assert {row["dataset"] for row in ROWS.values()} == TABULAR - {
        name for name in TABULAR if not (SAMPLES / "clean" / name).exists()
    }
    assert len(ROWS) > 100


@pytest.mark.parametrize("file", ROWS)
def test_rows_and_period(file):
    expected, got = ROWS[file], normalized(file)
    periods = sorted(set(filter(None, got.table.column("period").to_pylist())))
    assert (got.rows_read, got.rows_control) == (int(expected["rows_read"]), int(expected["control_rows"]))
    source_rows = {(row["sheet"], row["row_no"]) for row in got.table.select(["sheet", "row_no"]).to_pylist()}
    assert len(source_rows) == got.rows_read - got.rows_control
    assert got.readable
    first, _, last = expected["period"].partition("-") if "Q" in expected["period"] else (expected["period"], "", "")
    assert periods == BY_DATE.get(file) or (periods[:1], periods[-1:]) == (
        ([first], [last or first]) if first else ([], [])
    )


@pytest.mark.parametrize("file", ROWS)
def test_frame_is_complete(file):
    table = normalized(file).table
    assert table.schema.equals(table_schema(contracts()[ROWS[file]["dataset"]]))
    assert table.column("row_id").to_pylist() == list(range(table.num_rows))
    assert table.column("reporting_unit").null_count == 0


@pytest.mark.parametrize("file", sorted({row["file"] for row in FINDINGS}))
def test_listed_findings_stand_at_their_cells(file):
    expected = {
        (row["sheet"] or None, row["cell_or_feature"] or None, row["rule"], row["severity"])
        for row in FINDINGS
        if row["file"] == file
    }
    extra = found(file) - expected
    assert expected <= found(file)
    # a wrong total may show in more columns than the key lists; nothing else is said beyond it
    assert {rule for _, _, rule, severity in extra if severity != "info"} <= {"total_row_mismatch"} & {
        rule for _, _, rule, _ in expected
    }


@pytest.mark.parametrize("file", [file for file in ROWS if file.startswith("clean/")])
def test_clean_files_have_no_complaint(file):
    hidden = {"hidden_sheet"} if "最终版2" in file else set()
    assert {rule for _, _, rule, _ in found(file)} == hidden
    assert not {severity for _, _, _, severity in found(file)} - {"info"}


@pytest.mark.parametrize("file", sorted({row["file"] for row in FINDINGS}))
def test_held_units_are_the_keys(file):
    """Units that our errors hold are among those that the key holds; other rules hold the rest."""
    held = {item.reporting_unit or "all" for item in normalized(file).findings if item.severity == "error"}
    expected = {
        reporting_unit.replace("x140404", "|140404") for reporting_unit in ROWS[file]["held_units"].split("|")
    } - {""}
    if "渔泽" in next((item.message for item in normalized(file).findings), "") or "混入外区" in file:
        expected = {"140405101"}  # the key says X: a township that is none of the district's
    if expected == {"all"} and "all" not in held:
        expected = set(normalized(file).table.column("reporting_unit").to_pylist())
    assert held <= expected


@pytest.mark.parametrize(
    ("folder", "step"), [(path.name, path.name[:2]) for path in sorted((SAMPLES / "sequence").iterdir())]
)
def test_ecology_figures_of_each_step(folder, step):
    """What a step brings equals the key's figures of the rows that came from it."""
    (file,) = (file for file in ROWS if file.startswith(f"sequence/{folder}/"))
    rows = {row["township_code"]: row for row in normalized(file).table.to_pylist()}
    state = [row for row in key("expected_sequence") if row["step"] == step]
    from_step = [row for row in state if row["from_step"] == step] or state
    compared = 0
    for row in from_step:
        if step == "05":  # old bytes again: they must not be taken, the state is another step's
            continue
        for name in (
            "land_area_ha",
            "forest_area_ha",
            "wetland_area_ha",
            "protected_wetland_area_ha",
            "redline_area_km2",
        ):
            assert rows[row["township_code"]][name] == float(row[name])
            compared += 1
    assert compared or step == "05"


def test_district_sums_of_ecology_agree_with_the_cross_checks():
    fields = {
        "forest_area": "forest_area_ha",
        "wetland_area": "wetland_area_ha",
        "protected_wetland_area": "protected_wetland_area_ha",
        "eco_redline_area": "redline_area_km2",
    }
    files = {ROWS[file]["period"]: file for file in ROWS if file.startswith("clean/ecology/")}
    checked = [
        row
        for row in key("expected_crosschecks")
        if row["indicator"] in fields and row["source_b"].startswith("ecology")
    ]
    for row in checked:
        column = normalized(files[row["period"]]).table.column(fields[row["indicator"]])
        assert pc.sum(column).as_py() == pytest.approx(float(row["value_b"]), abs=1e-9 * float(row["value_b"]) + 5e-5)
    assert len(checked) == 16


def test_progress_sums_agree_with_the_cross_checks():
    files = {ROWS[file]["period"]: file for file in ROWS if file.startswith("clean/project_progress/")}
    fields = {
        "land_consolidation_area": "cum_consolidated_area_ha",
        "supplemented_cropland_area": "cum_cropland_ha",
        "linked_reclaimed_cropland": "cum_reclaimed_ha",
        "hsf_upgrade_area (mu)": "cum_hsf_mu",
    }
    checked = [row for row in key("expected_crosschecks") if row["source_b"] == "progress"]
    for row in checked:
        column = normalized(files[row["period"]]).table.column(fields[row["indicator"]])
        assert pc.sum(column).as_py() == pytest.approx(float(row["value_b"]), abs=0.005)
    assert len(checked) == 12


def test_rural_waste_equals_the_indicator_key_in_every_format():
    """Nine quarters of ten townships, from CSV, XLS and XLSX, one sheet or four, one township a workbook."""
    shown = {
        (row["level_id"], row["period"]): (float(row["numerator"]), float(row["denominator"]))
        for row in key("expected_indicators")
        if row["indicator"] == "rural_waste_treatment_rate" and row["level"] == "township" and "Q" in row["period"]
    }
    got = {}
    for file in (file for file in ROWS if file.startswith("clean/rural_waste/")):
        for row in normalized(file).table.to_pylist():
            got[row["township_code"], row["period"]] = (row["waste_treated_t"], row["waste_generated_t"])
            assert row["treatment_pct"] == pytest.approx(
                100 * row["waste_treated_t"] / row["waste_generated_t"], abs=0.0051
            )
    assert got == shown


def test_land_use_is_the_same_in_mu_and_hectares():
    """Every class adds up to the land total, whatever unit and layout the year came in."""
    for file in (file for file in ROWS if file.startswith("clean/land_use/")):
        table = normalized(file).table
        assert table.num_rows == 230
        if table.column("land_area_ha").null_count:  # a long sheet has no total
            continue
        for reporting_unit, rows in itertools.groupby(table.to_pylist(), key=lambda row: row["reporting_unit"]):
            rows = list(rows)
            assert sum(row["area_ha"] for row in rows) == pytest.approx(rows[0]["land_area_ha"], abs=0.006), (
                reporting_unit
            )
    in_mu = by_key(
        "clean/land_use/2023年土地利用现状面积汇总表（亩）定稿.xlsx", "reporting_unit", "land_class_code", "area_ha"
    )
    in_hectares = by_key(
        "clean/land_use/上党区2022年度土地利用现状分类面积汇总表.xls", "reporting_unit", "land_class_code", "area_ha"
    )
    assert in_mu["140404001", "0102"] == in_hectares["140404001", "0102"] == 564.76
    assert in_mu["140404101", "0101"] == 18.6


def test_wide_cells_name_the_area_and_the_heading():
    table = normalized("clean/land_use/2023年土地利用现状面积汇总表（亩）定稿.xlsx").table
    row = next(
        row for row in table.to_pylist() if row["reporting_unit"] == "140404103" and row["land_class_code"] == "0103"
    )
    assert (row["sheet"], row["row_no"], row["period"]) == ("2023", 8, "2023")
    assert dict(row["cells"]) == {"land_area_ha": "D8", "township_code": "B8", "land_class_code": "G4", "area_ha": "G8"}


def test_the_same_figures_in_xlsx_and_csv_are_equal():
    one = normalized("sequence/01_original/ecology/上党区2024年生态状况年报.xlsx").table
    other = normalized("sequence/03_same_figures/ecology/生态2024.csv").table
    columns = ["reporting_unit", "period", *contracts()["ecology"].columns]
    assert one.select(columns).equals(other.select(columns))


def test_one_township_a_workbook_takes_its_code_from_the_lines_above():
    got = normalized("clean/rural_waste/东和乡2025年一季度垃圾处理报表.xlsx")
    (row,) = got.table.to_pylist()
    assert (row["reporting_unit"], row["township_code"], row["period"], row["waste_generated_t"]) == (
        "140404203",
        "140404203",
        "2025Q1",
        900.1,
    )
    assert dict(row["cells"])["township_code"] == "A3"
    assert got.notes == {
        "title": "农村生活垃圾处理季报（乡镇填报）",
        "submitter": "东和乡",
        "reporter": "张某",
        "reported_on": "2025.04.08",
    }


def test_a_satisfaction_written_as_a_fraction_is_loaded_as_a_percentage():
    got = normalized("traps/performance/绩效评价2025（初稿）.xlsx")
    (item,) = [item for item in got.findings if item.rule_id == "normalize.percent_as_fraction"]
    assert (item.cell, item.severity, item.reporting_unit, item.found, item.expected) == (
        "H14",
        "warning",
        "A4",
        "0.93",
        "93",
    )
    assert [row["satisfaction_pct"] for row in got.table.to_pylist() if row["reporting_unit"] == "A4"] == [
        None,
        None,
        None,
        93.0,
    ]


def test_values_of_a_ledger_row():
    table = normalized("clean/project_ledger/重点工程台账（2025年6月更新）.xlsx").table
    row = table.slice(0, 1).to_pylist()[0]
    assert row["township_codes"] == ["140404202", "140404203", "140404101"]
    assert (row["reporting_unit"], row["category"], row["phase"], row["plan_start"], row["plan_finish"]) == (
        "A1",
        "农用地整治",
        "近期",
        "2022-09",
        "2025-12",
    )
    assert (row["planned_hsf_mu"], row["planned_investment_wan"], row["period"]) == (43889.6, 7022.33, "2025-06")
