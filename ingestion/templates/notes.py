"""The sheet 填表说明: how the form is filled in, what each column means, and what is checked when it comes back.
Called by `sheet`.
"""

import re
from typing import TYPE_CHECKING

from contracts import Rule, catalogue, code_lists
from contracts.findings import SEVERITIES, shown
from ingestion.receipts.lines import SEVERITY_WORDS
from ingestion.templates.checks import LISTS_SHEET, permitted, range_words
from ingestion.templates.form import GRAINS, Form, FormColumn, example, unit_title

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

NOTES_SHEET = "填表说明"
WIDTHS = (30, 8, 12, 46, 46, 26)  # characters of each column
SHOWN_VALUES = 12  # of a list, in one cell: the lists have a sheet of their own
OPERAND = re.compile(r"\{[^{}]*\}")


def write_notes(form: Form, sheet: "Worksheet") -> None:
    """Writes the notes into an empty sheet. Nothing of it is read when the form comes back."""
    from openpyxl.utils import get_column_letter

    for lines, header in ((_how(form), False), (_of_columns(form), True), (_of_rules(form), True)):
        _block(sheet, lines, header)
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.sheet = True


def _block(sheet: "Worksheet", lines: list[tuple[str, ...]], header: bool) -> None:
    from openpyxl.styles import Alignment, Font

    first = sheet.max_row + 2 if sheet.max_row > 1 else 1
    for offset, line in enumerate(lines):
        for number, text in enumerate(line, start=1):
            cell = sheet.cell(first + offset, number, text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=len(line) > 1, vertical="top")
            if offset < (2 if header else 1):
                cell.font = Font(bold=True)


def _how(form: Form) -> list[tuple[str, ...]]:
    contract = form.contract
    lines = [
        f"《{contract.title.zh}》怎么填",
        f"1. 只填“{contract.title.zh}”这张表；深色表头的列必填，浅色的有则填写。本页和“{LISTS_SHEET}”不读取。",
        "2. 标着“示例”的一行不读取，留着或删去都可以；自己的数据从它下面一行填起。",
        "3. 灰底的名称已经填好；本期不报的，请把整行删去，不要只留名称。",
        "4. 数量一律按表头括号里的单位填，格里只写数；没有的填 0。",
        "5. 可在末尾加“合计”行：接收时与各行之和核对，不作数据。",
        "6. 表头已锁定、没有设密码；列的次序可以改，表头的字请不要改。",
    ]
    if contract.layout.class_field:
        classes = code_lists()[str(contract.fields[contract.layout.class_field].list)]
        other = next(code for code in classes.values if code not in classes.on_form)
        lines.append(f"7. 表上没有的地类，请在最右边加列，列名写名称和三调编码，如“{classes.title(other)}({other})”。")
    if form.asks_period and form.period is None:
        lines.append(f"{len(lines)}. 表头上方的黄格填{GRAINS[contract.period.grain]}；填报日期不是填报期。")
    return [(line,) for line in lines]


def _of_columns(form: Form) -> list[tuple[str, ...]]:
    """A line a column; the classes of a wide sheet share one."""
    seen: dict[str, tuple[str, ...]] = {}
    for column in form.columns:
        known = f"各列（{column.field.zh}）" if column.role == "class" else f"“{column.heading}”列"
        seen.setdefault(
            known,
            (
                known,
                "必填" if column.is_required else "",
                unit_title(column.field) or "",
                _meaning(column),
                _values(column),
                shown(example(column, form)) or "",
            ),
        )
    return [("每一列填什么",), ("哪一列", "必填否", "按什么计", "填什么", "可填的值", "举例"), *seen.values()]


def _meaning(column: FormColumn) -> str:
    name = "名称和代码填一样即可，都填则须一致" if column.role == "name" else column.field.meaning
    return "；".join(filter(None, (name, range_words(column.field))))


def _values(column: FormColumn) -> str:
    values = permitted(column.field, column.role == "name")
    more = f"…（见“{LISTS_SHEET}”）" if len(values) > SHOWN_VALUES else ""
    return "、".join(values[:SHOWN_VALUES]) + more


def _of_rules(form: Form) -> list[tuple[str, ...]]:
    """The checks of this dataset, the grave ones first, with what corrects them."""
    rules = [
        rule for rule in catalogue().values() if rule.rule_id.partition(".")[0] in (form.contract.dataset, "contract")
    ]
    rules.sort(key=lambda rule: (SEVERITIES.index(rule.severity), not rule.rule_id.startswith(form.contract.dataset)))
    lines = [
        (f"会提示：{_words(rule, rule.zh)}", SEVERITY_WORDS[rule.severity], "", _words(rule, rule.remedy_zh))
        for rule in rules
    ]
    return [("收到后核对什么",), ("核对", "级别", "", "怎么改"), *dict.fromkeys(lines)]


def _words(rule: Rule, text: str) -> str:
    """A message of the catalogue without its operands."""
    shown = text.replace("{threshold}", "" if rule.threshold is None else f"{rule.threshold:g}")
    return OPERAND.sub("…", shown)
