"""Changes of what stands beside the figures of a clean report and says something of them: notes, captions, remarks, comments, what
is printed in the margins, groups, sizes and formats. Made by `tests.support.mutations`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment

from contracts.text import heading_key
from tests.support.mutation_base import (
    Base,
    Book,
    copied,
    figure_cells,
    figures,
    filled,
    plain_heading,
    value_at,
    with_value,
)

Made = Iterator[tuple[str, Callable[[Path], Path]]]
OTHER_UNITS = {"area": "亩", "money": "元", "mass": "千克"}


def scaled_figures(base: Base) -> list[tuple[int, str]]:
    """The columns of figures of which several units are in use, with another unit of their kind than the field's."""
    found = []
    for at in figures(base):
        names = [name for name, column in base.columns.items() if column == at and name in base.contract.fields]
        kind = base.contract.fields[names[0]].type if names else "area"
        if kind in OTHER_UNITS and OTHER_UNITS[kind] not in str(value_at(base, base.heading, at)):
            found.append((at, OTHER_UNITS[kind]))
    return found


def notes(base: Base) -> Made:
    """Lines above and below a table that say that its figures are others."""
    texts = [
        "更正：第一行的数应为12.5。",
        "注：以上各数均应乘以10。",
        "注：部分乡镇为上年数。",
        "以上数据有误",
        "注：本表已作废",
    ]
    if base.contract.period.grain in ("quarter", "month") and not any(
        one.cumulative for one in base.contract.fields.values()
    ):
        texts.append("注：数据为全年累计数")
    for text in texts:
        yield f"note {text}", Book(base.stem, [*copied(base), [], [text]]).write
        rows = copied(base)
        rows.insert(base.heading - 1, [text])
        yield f"line {text}", Book(base.stem, rows).write


def captions(base: Base) -> Made:
    """Lines between the rows of data that say that those below are of another time or of something else."""
    if len(base.data) < 4 or base.contract.period.from_date:
        return
    middle = base.data[len(base.data) // 2] - 1
    for text in ("二、上年同期", "二、城镇部分", "以下为2019年"):
        for name, lines in (("", [[text]]), (" above the headings again", [[text], list(base.rows[base.heading - 1])])):
            rows = copied(base)
            rows[middle:middle] = lines
            yield f"caption {text}{name}", Book(base.stem, rows).write


def remarks(base: Base) -> Made:
    """A column of remarks that says of some rows that they are not what they seem."""
    texts = ["上年数", "已撤销", "估算", "含上年", "应为12.5", "数据有误", "作废"]
    texts += [f"单位为{measure_unit}" for _, measure_unit in scaled_figures(base)[:1]]
    for text in texts:
        for heading in ("备注", "状态"):
            rows = copied(base)
            width = max(map(len, rows))
            for number, row in enumerate(rows, start=1):
                row += [None] * (width - len(row))
                row.append(heading if number == base.heading else text if number == base.data[1] else None)
            yield f"{heading} {text}", Book(base.stem, rows).write


def comments(base: Base) -> Made:
    """Comments on a heading and on a figure."""
    for at, measure_unit in scaled_figures(base)[:1]:
        yield (
            f"comment 单位：{measure_unit}",
            _changed(base, partial(_comment, base.heading, at, f"单位：{measure_unit}")),
        )
    for row, at in figure_cells(base, most=1):
        for text in ("此数有误，应为12.5", "上年数", "更正：12.5", "估算"):
            yield f"comment {text}", _changed(base, partial(_comment, row, at, text))


def margins(base: Base) -> Made:
    """What is printed above and below the pages."""
    texts = ["征求意见稿", "作废", "更正：见附件"] + [f"单位：{one}" for _, one in scaled_figures(base)[:1]]
    for text in texts:
        yield f"header {text}", _changed(base, partial(_print_above, text))
        yield f"footer {text}", _changed(base, partial(_print_below, text))


def groups(base: Base) -> Made:
    """A word above one column, not merged, that says which figures these are."""
    for at in figures(base)[-1:]:
        years = [] if base.contract.period.from_date else ["2019年"]
        for text in ("上年同期", "城镇", "估算", *years):
            rows = copied(base)
            rows.insert(base.heading - 1, [None] * (at - 1) + [text])
            yield f"group {text}", Book(base.stem, rows).write


def sizes(base: Base) -> Made:
    """Rows and columns that nobody sees, and a heading that shows more than it holds."""
    yield "row without height", _changed(base, partial(_flatten, base.data[1]))
    for at in figures(base)[:1]:
        yield "column without width", _changed(base, partial(_narrow, at))
    for at, measure_unit in scaled_figures(base)[:1]:
        code = f'@"（{measure_unit}）"'
        yield "heading that shows a unit", _changed(base, partial(_show, base.heading, at, code))
        yield "heading struck out", _changed(base, partial(_strike, base.heading, at))


def headings(base: Base) -> Made:
    """Headings of what is still to be done, and with the unit in their words."""
    for at in figures(base)[:2]:
        text = plain_heading(base, at)
        measure_unit = heading_key(value_at(base, base.heading, at)).removeprefix(text)
        for beginning in ("待", "尚未", "应", "拟"):
            yield f"heading {beginning}…", with_value(base, base.heading, at, f"{beginning}{text}{measure_unit}")
    for at, measure_unit in scaled_figures(base)[:1]:
        text = plain_heading(base, at)
        for end in ("面积", "量", "额"):
            if text.endswith(end) and filled(base, at):
                stem = text.removesuffix(end)
                yield "unit in the words", with_value(base, base.heading, at, f"{stem}{measure_unit}数")


def names(base: Base) -> Made:
    """Names of the file and titles of another report."""
    for name in ("征求意见稿", "草案", "计划表"):
        yield f"file {name}", Book(f"{base.stem}（{name}）", copied(base)).write
    own = next(number for number, row in enumerate(base.rows) if any(row))
    if own >= base.heading - 1:
        return
    at = next(index for index, value in enumerate(base.rows[own]) if value)
    for name in ("（征求意见稿）", "（草案）", "（城镇部分）"):
        yield f"title {name}", with_value(base, own + 1, at + 1, f"{base.rows[own][at]}{name}")


def _changed(base: Base, change: Callable[[Any], None]) -> Callable[[Path], Path]:
    return Book(base.stem, copied(base), change).write


def _comment(row: int, at: int, text: str, sheet: Any) -> None:
    sheet.cell(row, at).comment = Comment(text, "审核")


def _print_above(text: str, sheet: Any) -> None:
    sheet.oddHeader.center.text = text


def _print_below(text: str, sheet: Any) -> None:
    sheet.oddFooter.right.text = text


def _flatten(row: int, sheet: Any) -> None:
    sheet.row_dimensions[row].height = 0.1


def _narrow(at: int, sheet: Any) -> None:
    sheet.column_dimensions[openpyxl.utils.get_column_letter(at)].width = 0.1


def _show(row: int, at: int, code: str, sheet: Any) -> None:
    sheet.cell(row, at).number_format = code


def _strike(row: int, at: int, sheet: Any) -> None:
    sheet.cell(row, at).font = openpyxl.styles.Font(strike=True)
