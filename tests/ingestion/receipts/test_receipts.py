"""A receipt says in the submitter's words what became of the submission, and marks every fault where it is."""

import json
from dataclasses import replace

import jsonschema
import pytest

from contracts import Finding, catalogue, finding
from contracts.findings import SEVERITIES
from contracts.names import period_name, unit_name
from contracts.normalization_log import CONVERSION_KINDS, Conversion
from contracts.reading_causes import unreadable_because
from contracts.reading_record import (
    COLUMN_READINGS,
    ROW_KINDS,
    ColumnRecord,
    PeriodCandidate,
    ReadingRecord,
    RowRange,
    SheetRecord,
    record_of,
)
from contracts.reference import table
from contracts.rule_outcomes import FAILED, NO_EARLIER, OUTCOMES, PASSED, REASONS, RuleOutcomes
from ingestion.receipts import SubmissionSummary, UnitSummary, headline, text
from ingestion.receipts.write import write_receipt
from tests.support.answers import SAMPLES

ECOLOGY = SAMPLES / "traps" / "ecology" / "生态年报（保护湿地大于湿地）.xlsx"
TOWNSHIPS = [row["township_code"] for row in table("township")]
YINCHENG, XIHUO = "140404102", "140404103"
SUBMISSION = SubmissionSummary(
    "20260120-0001", "ecology", "2026-01-20T10:05:00+08:00", 11, 9, 1, 1, sender="林业局", period="2025"
)

FINDING_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "rule_id": {"enum": sorted(catalogue())},
        "severity": {"enum": list(SEVERITIES)},
        **{
            name: {"type": ["string", "null"]}
            for name in (
                "unit",
                "unit_name",
                "period",
                "sheet",
                "cell",
                "feature",
                "field",
                "found",
                "expected",
            )
        },
        "point": {"type": ["array", "null"], "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        **{name: {"type": "string", "minLength": 1} for name in ("message", "remedy", "message_en", "remedy_en")},
        "caused_by": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["rule_id", "sheet", "cell"],
            "properties": {"rule_id": {"enum": sorted(catalogue())}},
            "patternProperties": {"^(sheet|cell)$": {"type": ["string", "null"]}},
        },
    },
    "required": [
        "caused_by",
        "rule_id",
        "severity",
        "unit",
        "sheet",
        "found",
        "expected",
        "message",
        "remedy",
        "message_en",
    ],
    "oneOf": [{"required": ["cell"]}, {"required": ["feature"]}],
}
CONVERSION_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["cell", "feature", "field", "kind", "written", "taken", "message", "message_en"],
    "properties": {
        **{name: {"type": ["string", "null"]} for name in ("sheet", "cell", "feature")},
        "kind": {"enum": sorted(CONVERSION_KINDS)},
        "cells": {"type": "integer", "minimum": 1},
        **{name: {"type": "string"} for name in ("field", "written", "taken", "message", "message_en")},
    },
}
READING_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "sheets": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "ignored": {"type": "string"},
                    "turned": {"type": "boolean"},
                    "rows": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["kind", "first", "last"],
                            "properties": {
                                "kind": {"enum": list(ROW_KINDS)},
                                **{key: {"type": "integer", "minimum": 1} for key in ("first", "last")},
                                "of": {"type": "string"},
                            },
                        },
                    },
                    "columns": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["cell", "heading", "by"],
                            "properties": {
                                "by": {"enum": list(COLUMN_READINGS)},
                                "score": {"type": "number"},
                                **{key: {"type": "string"} for key in ("cell", "heading", "field", "measure_unit")},
                            },
                        },
                    },
                    "declared": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["where", "day", "text"],
                            "properties": {key: {"type": "string"} for key in ("where", "day", "text")},
                        },
                    },
                    "periods": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["where", "period", "text", "taken"],
                            "properties": {
                                "taken": {"type": "boolean"},
                                **{key: {"type": "string"} for key in ("where", "period", "text")},
                            },
                        },
                    },
                },
            },
        },
        "conversions": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
RULES_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **{outcome: {"type": "integer", "minimum": 0} for outcome in OUTCOMES},
        "list": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["rule_id", "field", "outcome", "reason"],
                "properties": {
                    "rule_id": {"enum": list(catalogue())},
                    "field": {"type": ["string", "null"]},
                    "outcome": {"enum": list(OUTCOMES)},
                    "reason": {"enum": [*REASONS, None]},
                    "units": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {"unit": {"type": "string"}, "period": {"type": ["string", "null"]}},
                        },
                    },
                },
            },
        },
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string"},
        "submission": {"type": "string"},
        "received_at": {"type": "string"},
        "dataset": {"type": ["string", "null"]},
        "period": {"type": ["string", "null"]},
        "sender": {"type": ["string", "null"]},
        **{f"rows_{name}": {"type": "integer", "minimum": 0} for name in ("read", "accepted", "held", "control")},
        "units": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["unit", "name", "period", "state", "reason"],
                "properties": {
                    "unit": {"type": "string"},
                    "name": {"type": "string"},
                    "period": {"type": ["string", "null"]},
                    "state": {"enum": ["accepted", "unchanged", "held", "waiting"]},
                    "reason": {"type": ["string", "null"]},
                },
            },
        },
        "findings": {"type": "array", "items": FINDING_SCHEMA},
        "converted": {"type": "integer", "minimum": 0},
        "conversions": {"type": "array", "items": CONVERSION_SCHEMA},
        "rules": RULES_SCHEMA,
        "reading": READING_SCHEMA,
    },
    "required": ["file", "submission", "dataset", "period", "received_at", "rows_read", "units", "findings"],
}
RULES = RuleOutcomes(
    {
        ("ecology.part_exceeds_whole", None): {(YINCHENG, "2025"): FAILED, (XIHUO, "2025"): PASSED},
        ("ecology.forest_area_drop", None): {(YINCHENG, "2025"): NO_EARLIER, (XIHUO, "2025"): NO_EARLIER},
    }
)
RECORD = ReadingRecord(
    (
        SheetRecord(
            "表一",
            rows=(
                RowRange("heading", 2, 2),
                RowRange("data", 3, 12),
                RowRange("subtotal", 13, 13, "盆地区小计"),
                RowRange("total", 14, 14, "合计"),
            ),
            columns=(
                ColumnRecord("A2", "镇街", "content", "township_code", 100),
                ColumnRecord("B2", "森林面积(亩)", "heading", "forest_area_ha", 100, "亩"),
                ColumnRecord("C2", "身份证号", "ignored"),
            ),
            periods=(PeriodCandidate("标题", "2025", "2025年", True), PeriodCandidate("文件名", "2024", "2024")),
        ),
        SheetRecord("表二", "空白 (blank)"),
    ),
    {"full_width": 1},
)


def townships(**states: str) -> list[UnitSummary]:
    """All ten, accepted but for those named by code (u140404102="held")."""
    return [UnitSummary(code, "2025", states.get(f"u{code}", "accepted")) for code in TOWNSHIPS]


def too_large(reporting_unit: str = YINCHENG, cell: str = "F9") -> Finding:
    return finding(
        "ecology.part_exceeds_whole",
        reporting_unit=reporting_unit,
        period="2025",
        sheet="Sheet1",
        cell=cell,
        field="protected_wetland_area_ha",
        found="46.20",
        expected="42.60",
        title="受保护湿地面积",
        against_title="湿地面积",
    )


def drop(reporting_unit: str) -> Finding:
    return finding(
        "ecology.forest_area_drop",
        reporting_unit=reporting_unit,
        sheet="Sheet1",
        cell="C5",
        field="forest_area_ha",
        found=90.0,
        expected=100.0,
        change=10.0,
    )


def empty(reporting_unit: str, cell: str) -> Finding:
    return finding(
        "contract.missing_value",
        reporting_unit=reporting_unit,
        sheet="Sheet1",
        cell=cell,
        field="forest_area_ha",
        title="森林面积",
    )


@pytest.mark.parametrize(
    ("findings", "states", "sentence"),
    [
        (
            [too_large()],
            {"u140404102": "held"},
            "本表 10 个乡镇：9 个已接收，不必重报；荫城镇 1 处问题，改正后只报荫城镇即可。",
        ),
        ([], {}, "本表 10 个乡镇全部已接收，不必重报。"),
        ([drop(XIHUO)], {}, "本表 10 个乡镇全部已接收，不必重报。另有 1 处请核实，不影响接收。"),
        (
            [too_large(), empty(YINCHENG, "C9"), empty(XIHUO, "C10")],
            {"u140404102": "held", "u140404103": "held"},
            "本表 10 个乡镇：8 个已接收，不必重报；荫城镇 2 处问题、西火镇 1 处问题，改正后只报这 2 个乡镇即可。",
        ),
        (
            [finding("normalize.period_missing")],
            {f"u{code}": "held" for code in TOWNSHIPS},
            "本表 10 个乡镇：均未接收，有 1 处整体问题，改正后请重新报送全部内容。",
        ),
        (
            [],
            {f"u{code}": "unchanged" for code in TOWNSHIPS},
            "本表 10 个乡镇全部已接收，不必重报（与已接收的内容相同，不产生新版本）。",
        ),
        (
            [],
            {f"u{code}": "unchanged" for code in TOWNSHIPS[2:]},
            "本表 10 个乡镇全部已接收，不必重报（其中 8 个与已接收的内容相同）。",
        ),
    ],
)
def test_the_head_says_what_to_do(findings, states, sentence):
    assert headline(SUBMISSION, findings, townships(**states)) == sentence


def test_units_that_wait_need_not_come_again():
    waiting = [UnitSummary(code, "2025", "waiting", "行政区图层") for code in TOWNSHIPS]
    assert headline(SUBMISSION, [], waiting) == "本表 10 个乡镇：10 个等待行政区图层，到达后自动复核，不必重报。"


def test_very_many_held_units_are_counted_not_named():
    submission = replace(SUBMISSION, dataset="project_progress")
    reporting_units = [UnitSummary(f"A{number}|{YINCHENG}", "2025-07", "held") for number in range(1, 8)]
    reporting_units.append(UnitSummary("B1|140404103", "2025-07", "accepted"))
    findings = [
        finding(
            "project_progress.progress_100_before_completion",
            reporting_unit=one.reporting_unit,
            stage="在建",
            cell=f"E{number}",
        )
        for number, one in enumerate(reporting_units[:7], 4)
    ]
    assert headline(submission, findings, reporting_units) == (
        "本表 8 个项目（分乡镇）：1 个已接收，不必重报；7 个未接收，共 7 处问题，改正后只报这 7 个项目（分乡镇）即可。"
    )


def test_a_unit_of_several_periods_is_named_with_its_period():
    submission = replace(SUBMISSION, dataset="rural_waste", period=None)
    reporting_units = [
        UnitSummary(YINCHENG, f"2023Q{quarter}", "held" if quarter == 2 else "accepted") for quarter in (1, 2, 3, 4)
    ]
    wrong = finding(
        "contract.negative_value",
        reporting_unit=YINCHENG,
        period="2023Q2",
        sheet="二季度",
        cell="F5",
        found=-5.0,
        title="产生量",
    )
    assert headline(submission, [wrong], reporting_units) == (
        "本表 4 份乡镇数据：3 份已接收，不必重报；荫城镇2023年第二季度 1 处问题，改正后只报荫城镇2023年第二季度即可。"
    )


def test_a_layer_is_settled_as_a_whole():
    submission = replace(SUBMISSION, dataset="wetland")
    wrong = finding("layer.overlap", reporting_unit="layer", feature="SD001|SD002", found=120.5)
    assert (
        headline(submission, [wrong], [UnitSummary("layer", "2025", "held")])
        == "本图层未接收：1 处问题，改正后请重新报送整个图层。"
    )
    assert headline(submission, [], [UnitSummary("layer", "2025", "accepted")]) == "本图层已接收，不必重报。"


def test_an_unreadable_file_says_why():
    submission = replace(SUBMISSION, dataset=None, rows_read=0)
    wrong = finding("reading.unknown_dataset")
    assert headline(submission, [wrong], []) == (
        "这份文件没有接收：认不出这是哪一张报表。请把文件放进以报表名称命名的文件夹（如 ecology），或使用模板的标题。"
    )


def test_the_text_names_unit_field_and_cell():
    written = text(SUBMISSION, ECOLOGY.name, [drop(XIHUO), too_large()], townships(u140404102="held"))
    assert (
        "1. 荫城镇 · 受保护湿地面积 · Sheet1!F9　受保护湿地面积 46.20 公顷，大于湿地面积 42.60 公顷。"
        "请核对两个数和它们的单位，按它们算出的百分数也一并核对，改正后重新报送；有合计行的，合计一并改正。〔ecology.part_exceeds_whole〕\n"
    ) in written
    assert (
        written.index("【须改正】1 处")
        < written.index("【请核实】1 处")
        < written.index("【已接收，不必重报】韩店街道、苏店镇、西火镇")
    )
    assert "报送人：林业局\n收到时间：2026-01-20 10:05\n" in written
    assert "读取 11 = 接收 9 + 未接收 1 + 合计行 1" in written


def to_confirm(rule, reporting_unit=YINCHENG):
    return finding(f"version.{rule}", reporting_unit=reporting_unit, period="2025", found="2025", expected="2026")


@pytest.mark.parametrize("rule", ["period_closed", "withdrawn_version", "superseded_version", "older_than_current"])
def test_what_only_waits_for_a_person_is_headed_so_and_says_so(rule):
    held = townships(u140404102="held")
    assert headline(SUBMISSION, [to_confirm(rule)], held) == (
        "本表 10 个乡镇：9 个已接收，不必重报；荫城镇 1 处待确认，请书面说明，由数据管理员确认后接收，不必重报。"
    )
    written = text(SUBMISSION, "a.xlsx", [to_confirm(rule)], held)
    assert "【待确认】1 处\n1. 荫城镇" in written and "须改正" not in written and "改正后" not in written


def test_what_is_to_be_corrected_stands_before_what_waits_for_a_person():
    found = [to_confirm("period_closed", XIHUO), too_large()]
    held = townships(u140404102="held", u140404103="held")
    assert headline(SUBMISSION, found, held) == (
        "本表 10 个乡镇：8 个已接收，不必重报；荫城镇 1 处问题，改正后只报荫城镇即可；"
        "西火镇 1 处待确认，请书面说明，由数据管理员确认后接收，不必重报。"
    )
    written = text(SUBMISSION, "a.xlsx", found, held)
    assert written.index("【须改正】1 处\n1. 荫城镇") < written.index("【待确认】1 处\n1. 西火镇")
    both = headline(SUBMISSION, [to_confirm("period_closed"), too_large()], townships(u140404102="held"))
    assert "荫城镇 2 处问题，改正后只报荫城镇即可" in both, (
        "what is to be corrected comes again, and is asked about then"
    )


def test_a_layer_that_only_waits_for_a_person_says_so():
    wetland = replace(SUBMISSION, dataset="wetland")
    found = finding("version.period_closed", reporting_unit="layer", period="2025", found="2025")
    said = headline(wetland, [found], [UnitSummary("layer", "2025", "held")])
    assert said.endswith("未接收：1 处待确认，请书面说明，由数据管理员确认后接收，不必重报。")


def test_one_message_over_many_cells_is_one_line():
    written = text(SUBMISSION, "a.xlsx", [empty(YINCHENG, "C9"), empty(XIHUO, "C10"), empty(XIHUO, "C11")], [])
    assert (
        "【须改正】3 处\n1. 荫城镇、西火镇 · 森林面积 · Sheet1!C9、Sheet1!C10、Sheet1!C11　森林面积没有填。"
        "请填写后重新报送；有合计行的，合计一并改正。〔contract.missing_value〕\n"
    ) in written


def test_names_of_units_and_periods():
    from contracts import contract

    names = [
        ("ecology", YINCHENG),
        ("ecology", "140405101"),
        ("project_ledger", "A1-01"),
        ("project_progress", f"A1|{YINCHENG}"),
        ("project_acceptance", "上农验〔2023〕1号"),
        ("wetland", "layer"),
    ]
    assert [unit_name(contract(dataset), reporting_unit) for dataset, reporting_unit in names] == [
        "荫城镇",
        "140405101",
        "A1-01",
        "A1 荫城镇",
        "上农验〔2023〕1号",
        "湿地",
    ]
    assert [period_name(period) for period in ("2025", "2025Q1", "2025-03", "2021-10-31", None, "第五季度")] == [
        "2025年",
        "2025年第一季度",
        "2025年3月",
        "2021年10月31日",
        "",
        "第五季度",
    ]


def test_the_document_has_its_schema(tmp_path):
    receipt = write_receipt(
        tmp_path / "S1",
        original=ECOLOGY,
        file_name=ECOLOGY.name,
        findings=[too_large(), drop(XIHUO)],
        submission=replace(
            SUBMISSION,
            converted=1,
            conversions=(Conversion("Sheet1", "C5", "forest_area_ha", "full_width", "１２", "12"),),
            reading=RECORD,
            rules=RULES,
        ),
        reporting_units=townships(u140404102="held"),
        table=None,
    )
    document = json.loads(receipt.document.read_text(encoding="utf-8"))
    jsonschema.validate(document, SCHEMA)
    assert list(document)[:3] == ["file", "submission", "dataset"]
    assert (document["findings"][0]["cell"], document["findings"][0]["unit_name"]) == ("F9", "荫城镇")
    assert document["findings"][0]["message_en"] == "受保护湿地面积 46.20 ha exceeds 湿地面积 42.60 ha"
    assert [reporting_unit["name"] for reporting_unit in document["units"] if reporting_unit["state"] == "held"] == [
        "荫城镇"
    ]
    assert record_of(document["reading"]) == RECORD
    assert {name: document["rules"][name] for name in OUTCOMES} == {"passed": 1, "failed": 1, "not_applicable": 2}
    assert document["rules"]["list"][0] == {
        "rule_id": "ecology.forest_area_drop",
        "field": None,
        "outcome": "not_applicable",
        "reason": "no_earlier_period",
    }


def test_the_receipt_counts_rules_and_says_where_they_are_listed():
    line = "规则：通过 1、未通过 1、不适用 2（每条规则按填报单元计；清单见 receipt.json 的 rules）\n"
    assert line in text(replace(SUBMISSION, rules=RULES), "a.xlsx", [], townships())
    assert "规则：" not in text(SUBMISSION, "a.xlsx", [], townships())  # read when outcomes were not yet kept


def test_the_text_says_briefly_how_the_file_was_read(tmp_path):
    said = text(replace(SUBMISSION, reading=RECORD), ECOLOGY.name, [], townships())
    lines = said[said.index("【读取说明】") :].splitlines()
    assert lines[1:5] == [
        "“表一”：数据 10 行、合计 1 行、小计 1 行；读取 2 列，按内容 “镇街”，未读取 “身份证号”",
        "报告期：标题写“2025年”，采用；文件名写“2024”，未采用",
        "“表二”未读取：空白 (blank)",
        "与原文写法不同的读取：全角字符或特殊符号按半角读取 1 处",
    ]


def test_an_unreadable_file_has_text_and_document_only(tmp_path):
    torn = tmp_path / "torn"
    torn.write_bytes(b"PK\x03\x04torn")
    receipt = write_receipt(
        tmp_path / "S2",
        original=torn,
        file_name="生态.xlsx",
        submission=SUBMISSION,
        reporting_units=[],
        table=None,
        findings=[unreadable_because("torn")],
    )
    assert sorted(path.name for path in receipt.folder.iterdir()) == ["receipt.json", "receipt.txt"]
    assert "文件打不开：文件不完整或已损坏" in receipt.text.read_text(encoding="utf-8")


def test_writing_again_replaces_the_receipt_and_leaves_nothing_beside_it(tmp_path):
    def write(name: str) -> list[str]:
        receipt = write_receipt(
            tmp_path / "S3",
            original=ECOLOGY,
            file_name=name,
            submission=SUBMISSION,
            findings=[too_large()],
            reporting_units=townships(),
            table=None,
        )
        assert all(path.exists() for path in receipt.paths)
        return sorted(path.name for path in receipt.folder.iterdir())

    (tmp_path / ".S3.new").mkdir()  # left by a crash
    (tmp_path / ".S3.new" / "half").touch()
    assert write("甲.xlsx") == ["receipt.json", "receipt.txt", "甲-审核结果.xlsx"]
    assert write("乙-审核结果.xlsx") == ["receipt.json", "receipt.txt", "乙-审核结果.xlsx"]
    assert [path.name for path in tmp_path.iterdir()] == ["S3"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.xlsx", "a/b\\c:d.csv", "好" * 300 + ".xlsx", ".xlsx", "换\n行.xlsx"]
)
def test_a_hostile_file_name_stays_in_the_folder(tmp_path, name):
    receipt = write_receipt(
        tmp_path / "S4",
        original=ECOLOGY,
        file_name=name,
        submission=SUBMISSION,
        findings=[],
        reporting_units=townships(),
        table=None,
    )
    assert receipt.workbook is not None and receipt.workbook.resolve().parent == (tmp_path / "S4").resolve()
    assert sum(1 for _ in receipt.folder.iterdir()) == 3
