"""The text of docs/data_dictionary.md, for dev.generate: every dataset's fields from the contracts, every published mart's
columns from the models' YAML.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contracts import Contract, Rule, catalogue, contracts
from contracts.findings import catalogue_version
from contracts.model import FieldSpec
from contracts.reading_causes import reading_causes
from contracts.reference import code_names
from reporting.code_lists import code_list_of, code_lists
from reporting.mart_models import models, public_columns

OF_ALL = {
    "reading": ("文件的读取", "Reading of files"),
    "sheet": ("工作表", "Sheets"),
    "normalize": ("值的读取", "Normalizing of values"),
    "contract": ("字段的要求（各数据集）", "Contracts of all datasets"),
    "version": ("版本", "Versions"),
    "build": ("计算", "Builds"),
    "hint": ("提示用语，附在其他问题后", "Words added to other findings"),
}
"""Families of rules that are no dataset's, in the order in which a file meets them."""
EVERY = {"year": "每年", "quarter": "每季", "month": "每月", "change": "有变化时", "event": "事项发生后"}


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell or "").replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    return [_row(header), _row("---" for _ in header), *(_row(row) for row in rows), ""]


def _field(name: str, field: FieldSpec) -> tuple[object, ...]:
    written_as = "、".join(dict.fromkeys((*field.headers, *field.name_headers)))
    return (
        f"`{name}`",
        field.zh,
        written_as,
        field.type,
        field.measure_unit,
        "是" if field.required else "",
        "是" if field.persons else "",
        f"{field.en}。{field.meaning or ''}".rstrip("。"),
    )


def _cadence_text(contract: Contract) -> str:
    """The cadence in words: 每季，次月 10 日前."""
    words = EVERY[contract.cadence.every]
    due = contract.cadence.due
    if due is None:
        return words
    year = "次年" if due.get("years_after", 1) else "当年"
    month = (
        f"{year} {due['month']} 月"
        if "month" in due
        else {1: "次月"}.get(due["month_after"], f"期末后第 {due['month_after']} 个月")
    )
    return f"{words}，{month} {due['day']} 日前"


def _dataset(contract: Contract) -> list[str]:
    about = f"{contract.submitter}报送，{_cadence_text(contract)}；填报单元 {contract.reporting_unit.kind}；主键 {'、'.join(contract.key)}"
    header = (
        *("字段 Field", "标题 Title", "表头写法 Headers", "类型 Type", "单位 Unit", "必填 Required"),
        *("可能有人名 Persons", "含义 Meaning"),
    )
    rows = (_field(name, field) for name, field in contract.fields.items())
    return [f"### `{contract.dataset}` {contract.title.zh} / {contract.title.en}", "", about, "", *_table(header, rows)]


def _rules(rules: Iterable[Rule]) -> list[str]:
    severities = code_names("severity")
    header = ("规则 Rule", "级别 Severity", "阈值 Threshold", "说明", "如何改正", "Message", "Remedy", "自 Since")
    return _table(
        header,
        (
            (
                f"`{rule.rule_id}`",
                f"{severities[rule.severity]}{'（可确认）' if rule.asks else ''} {rule.severity}",
                rule.threshold,
                *(rule.zh, rule.remedy_zh, rule.en, rule.remedy_en, rule.since),
            )
            for rule in rules
        ),
    )


def _layer_rules(rules: Iterable[Rule]) -> list[str]:
    """What is checked of every layer, as the catalogue has it."""
    return [
        "## 图层的检查 / Checks of layers",
        "",
        "含义见 [spatial.md](spatial.md)。A contract may give an overlap another severity.",
        "",
        *_rules(rules),
    ]


def _catalogue() -> list[str]:
    """Every rule: those of all files, those of layers, those of each dataset."""
    families: dict[str, list[Rule]] = defaultdict(list)
    for rule in catalogue().values():
        families[rule.rule_id.partition(".")[0]].append(rule)
    lines = [
        "## 审核规则 / Rules",
        "",
        f"版本 Version `{catalogue_version()}`：最近增补的年月，和 `contracts/catalogue.csv` 内容的校验。编号不改、不再用于别的规则。"
        "The newest month of a rule, and a digest of the list; an id is never given to another rule. "
        "`mart_finding`、`mart_rule_outcome` 和回执用这些编号。",
        "",
    ]
    for family, (zh, en) in OF_ALL.items():
        lines += [f"### {zh} / {en}", "", *_rules(families[family])]
    for name, contract in contracts().items():
        lines += [f"### {contract.title.zh} / {contract.title.en} `{name}`", "", *_rules(families[name])]
    return [*lines, *_layer_rules(families["layer"]), *_causes()]


def _causes() -> list[str]:
    """The causes for which a file cannot be read."""
    return [
        "### 文件读不了的原因 / Why a file cannot be read",
        "",
        *_table(
            ("原因 Cause", "规则 Rule", "说明", "In words"),
            ((f"`{name}`", f"`{one.rule_id}`", one.words.zh, one.words.en) for name, one in reading_causes().items()),
        ),
    ]


def _mart(model: dict[str, Any]) -> list[str]:
    meta = model["config"]["meta"]
    grain = f"主键 Key: {', '.join(meta['grain'])}" if meta.get("grain") else ""
    header = ("列 Column", "标题 Title", "类型 Type", "单位 Unit", "公开 Public", "含义 Meaning")
    public = public_columns().get(model["name"], ())
    rows = (
        (
            f"`{column['name']}`",
            column["config"]["meta"]["title_zh"],
            column["data_type"],
            column["config"]["meta"].get("measure_unit"),
            "是" if column["name"] in public else "",
            _meaning(column),
        )
        for column in model["columns"]
    )
    return [
        f"### `{model['name']}` {meta['title_zh']}",
        "",
        model["description"],
        "",
        *([grain, ""] if grain else []),
        *([] if public else ["只供内部 Internal only.", ""]),
        *_table(header, rows),
    ]


def _meaning(column: dict[str, Any]) -> str:
    """A column's description, with the list that its codes are of."""
    name = code_list_of(column)
    return f"{column['description']}（[{name}](#代码--codes)）" if name else str(column["description"])


def _codes() -> list[str]:
    """Every list of codes that the marts use, with the names."""
    lines = [
        "## 代码 / Codes",
        "",
        "表中的代码和名称；状态、级别等由 `dbt_project/seeds/code.csv` 登记，各表的名称列由此得出。The codes of the marts and their names.",
        "",
    ]
    header = ("代码 Code", "名称", "Name", "含义")
    for one in code_lists():
        rows = ((f"`{code.code}`", code.name_zh, code.name_en, code.meaning) for code in one.codes)
        lines += [f"### `{one.name}` {one.title}", "", *_table(header, rows)]
    return lines


def data_dictionary(marts: Path) -> str:
    """Markdown in Chinese and English: what is submitted (contracts), what is published (the models' YAML in
    `marts`), the codes.
    """
    lines = ["# 数据字典 / Data dictionary", "", "## 报送的数据 / What is submitted", ""]
    for contract in contracts().values():
        lines += _dataset(contract)
    lines += _catalogue()
    lines += ["## 发布的数据 / What is published", ""]
    for model in models(marts):
        lines += _mart(model)
    lines += _codes()
    return "\n".join(lines).rstrip() + "\n"
