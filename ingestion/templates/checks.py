"""What a spreadsheet itself refuses or offers while a form is filled in: lists to choose from, and checks of numbers
and dates. Called by `sheet`; the words also by `notes` and `layer`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contracts import FieldSpec, code_lists
from contracts.reference import table
from ingestion.templates.form import FormColumn, unit_title

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

LISTS_SHEET = "代码表"
FIRST_DAY, LAST_DAY = "DATE(1990,1,1)", "DATE(2100,12,31)"  # beyond them a year is mistyped
LARGEST = "1E+15"  # a number beyond it has more digits than a spreadsheet keeps
LEAST_LIST_WIDTH, WIDTH_OF_LETTER = 18, 2.2  # characters: of a column of the lists, and of a Chinese letter in it
LONGEST_MESSAGE, LONGEST_TITLE = 220, 30  # a spreadsheet takes no more than 255 and 32 characters
PERCENT_HINT = "按百分数写：13.44，不写 0.1344"


def permitted(spec: FieldSpec, is_name: bool = False) -> tuple[str, ...]:
    """The values among which a column's is to be chosen, as people write them; empty where it is free."""
    if spec.type == "township":
        return tuple(row["township_name" if is_name else "township_code"] for row in table("township"))
    if spec.type == "project":
        return tuple(code_lists()["plan_project"].values)
    if spec.list is None:
        return ()
    codes = code_lists()[spec.list]
    return tuple(map(codes.title, codes.values))


def range_words(spec: FieldSpec) -> str:
    """What a field may hold, in words: 0—100 的数；不小于 0 的整数；2025-03-14 这样的日期."""
    if spec.type == "project":
        return "规划的工程编号，如 A1；子项目写 A1-01"
    if spec.type in ("date", "month"):
        return (
            "2025-03-14 这样的日期" + ("，不晚于今天" if spec.not_future else "")
            if spec.type == "date"
            else "2025-03 这样的年月"
        )
    if spec.type == "township_list":
        return "乡镇名称，几个之间用顿号"
    if spec.type == "place":
        return "乡镇名称、上党区，或责任单位名称"
    if not spec.is_numeric:
        return "下拉列表里的一项" if spec.list or spec.type == "township" else "文字"
    kind = "整数" if spec.type == "count" else "数"
    if spec.min is not None and spec.max is not None:
        return f"{spec.min:g}—{spec.max:g} 的{kind}"
    return f"不小于 {spec.min:g} 的{kind}" if spec.min is not None else kind


def add_checks(
    sheet: "Worksheet", columns: Sequence[FormColumn], first: int, last: int, lists: dict[tuple[str, ...], str]
) -> None:
    """Checks every column's cells from row `first` to row `last`. lists: where each list of permitted values stands, as
    a reference.
    """
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        check = _check(column, f"{letter}{first}", lists)
        if check is not None:
            sheet.add_data_validation(check)
            check.add(f"{letter}{first}:{letter}{last}")


def _check(column: FormColumn, cell: str, lists: dict[tuple[str, ...], str]) -> "DataValidation | None":
    from openpyxl.worksheet.datavalidation import DataValidation

    spec = column.field
    rule = _rule(spec, column.role == "name", cell, lists)
    measure_unit = unit_title(spec)
    words = range_words(spec) + (f"，单位{measure_unit}" if measure_unit else "")
    sentences = (
        "必填" if column.is_required else None,
        words,
        PERCENT_HINT if spec.type == "percent" else None,
        spec.meaning,
    )
    prompt = "".join(f"{sentence}。" for sentence in sentences if sentence)[:LONGEST_MESSAGE]
    title = column.heading[:LONGEST_TITLE]
    check = DataValidation(**(rule or {}), allow_blank=True, showInputMessage=True, promptTitle=title, prompt=prompt)
    if rule is not None:
        check.showErrorMessage = True
        check.errorStyle = "stop"
        check.errorTitle = title
        check.error = f"“{column.heading}”应填{words}，请改正。"[:LONGEST_MESSAGE]
    return check


def _rule(spec: FieldSpec, is_name: bool, cell: str, lists: dict[tuple[str, ...], str]) -> dict[str, str] | None:
    """What the check compares with; None for free text, which has its hint only."""
    values = permitted(spec, is_name)
    if spec.type == "project":  # a sub-project is its project's number with a number behind
        return {
            "type": "custom",
            "formula1": f'ISNUMBER(MATCH(LEFT({cell}&"-",FIND("-",{cell}&"-")-1),{lists[values]},0))',
        }
    if values:
        return {"type": "list", "formula1": lists[values]}
    if spec.type == "month":
        return {"type": "custom", "formula1": f'OR(ISNUMBER({cell}),AND(LEN({cell})=7,MID({cell},5,1)="-"))'}
    if spec.type == "date":
        return {
            "type": "date",
            "operator": "between",
            "formula1": FIRST_DAY,
            "formula2": "TODAY()" if spec.not_future else LAST_DAY,
        }
    if not spec.is_numeric or (spec.min is None and spec.max is None):
        return (
            {"type": "decimal", "operator": "between", "formula1": f"-{LARGEST}", "formula2": LARGEST}
            if spec.is_numeric
            else None
        )
    kind = "whole" if spec.type == "count" else "decimal"
    if spec.min is not None and spec.max is not None:
        return {"type": kind, "operator": "between", "formula1": f"{spec.min:g}", "formula2": f"{spec.max:g}"}
    return {"type": kind, "operator": "greaterThanOrEqual", "formula1": f"{spec.min:g}"}


def add_lists(sheet: "Worksheet", columns: Sequence[FormColumn]) -> dict[tuple[str, ...], str]:
    """Writes each list of permitted values into a column of its own, and returns where: a reference for a check."""
    from openpyxl.utils import get_column_letter

    places: dict[tuple[str, ...], str] = {}
    for column in columns:
        values = permitted(column.field, column.role == "name")
        if not values or values in places:
            continue
        number = len(places) + 1
        letter = get_column_letter(number)
        sheet.cell(1, number, f"可选值：{column.heading}")
        for row, value in enumerate(values, start=2):
            sheet.cell(row, number, value).number_format = "@"
        sheet.column_dimensions[letter].width = max(
            LEAST_LIST_WIDTH, *(WIDTH_OF_LETTER * len(value) for value in values)
        )
        places[values] = f"{LISTS_SHEET}!${letter}$2:${letter}${len(values) + 1}"
    return places
