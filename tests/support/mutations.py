"""Clean reports with one thing changed that changes what they mean: files of which a reader who notices nothing stores other
figures. `tests/ingestion/test_silence.py` reads them.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from contracts.text import heading_key
from tests.support import mutations_beside as beside
from tests.support.mutation_base import (
    Base,
    Book,
    Rows,
    copied,
    figure_cells,
    figures,
    filled,
    plain_heading,
    value_at,
    with_value,
)


@dataclass(frozen=True)
class Mutation:
    """A file of one change. kind, name: of the change; write: writes it into a folder and returns its path."""

    kind: str
    name: str
    write: Callable[[Path], Path]


def mutations(base: Base) -> Iterator[Mutation]:
    """Every mutation that a report offers the place for."""
    for kind, made in (
        ("unit", _units),
        ("period", _periods),
        ("column", _columns),
        ("row kind", _row_kinds),
        ("date", _dates),
        ("code", _codes),
        ("scale", _scales),
        ("formatting", _formats),
        ("container", _containers),
        ("name", _names),
        ("unit line", _unit_lines),
        ("note", beside.notes),
        ("caption", beside.captions),
        ("remark", beside.remarks),
        ("comment", beside.comments),
        ("margin", beside.margins),
        ("group", beside.groups),
        ("size", beside.sizes),
        ("heading", beside.headings),
        ("other name", beside.names),
    ):
        for name, write in made(base):
            yield Mutation(kind, f"{base.contract.dataset}: {name}", write)


Made = Iterator[tuple[str, Callable[[Path], Path]]]


def _units(base: Base) -> Made:
    other = {"area": ("亩", "平方米", "万亩"), "money": ("元", "亿元"), "mass": ("千克", "万吨")}
    for at in figures(base):
        field = next(
            (name for name, column in base.columns.items() if column == at and name in base.contract.fields), ""
        )
        kind = base.contract.fields[field].type if field else "area"
        if kind not in other:
            continue
        for measure_unit in other[kind]:
            yield (
                f"heading in {measure_unit}",
                with_value(base, base.heading, at, f"{plain_heading(base, at)}（{measure_unit}）"),
            )
        yield (
            "heading in thousands",
            with_value(base, base.heading, at, f"{plain_heading(base, at)}（千{other[kind][0]}）"),
        )
        yield "heading of another kind", with_value(base, base.heading, at, f"{plain_heading(base, at)}（人）")
        yield (
            "unit in brackets with words",
            with_value(base, base.heading, at, f"{plain_heading(base, at)}（{other[kind][0]}，保留两位）"),
        )
        if row := filled(base, at):
            yield "unit in a cell", with_value(base, row, at, f"{value_at(base, row, at)}{other[kind][0]}")
            yield "unit of another kind in a cell", with_value(base, row, at, f"{value_at(base, row, at)}人")
        for note in (f"注：以上按{other[kind][0]}填报", f"说明：单位：{other[kind][0]}"):
            yield f"note {note[:2]}", Book(base.stem, [*copied(base), [], [note]]).write
        return


def _periods(base: Base) -> Made:
    title = next((str(value) for row in base.rows[: base.heading - 1] for value in row if value), None)
    if title is None or base.contract.period.from_date:
        return
    rows = copied(base)
    own = next(number for number, row in enumerate(rows) if title in row)
    at = rows[own].index(title)
    year = next((one for one in ("2022", "2023", "2024", "2025") if one in title), None)
    if year is None:
        return

    def titled(text: str, stem: str = base.stem) -> Callable[[Path], Path]:
        changed = copied(base)
        changed[own][at] = text
        return Book(stem, changed).write

    yield "file of another year", Book(f"{base.contract.title.zh}{int(year) - 1}年", copied(base)).write
    yield "two years in the title", titled(title.replace(year, f"{year}年、{int(year) + 1}"))
    yield (
        "title of another year than the file",
        titled(title.replace(year, str(int(year) - 1)), f"{base.contract.title.zh}{year}年"),
    )
    if base.contract.period.grain == "quarter":
        yield "two quarters", titled(f"上党区{year}年三、四季度")
        yield "span of quarters", titled(f"上党区{year}年第一季度—第三季度")
        yield "half a year", titled(f"上党区{year}年上半年")
        yield "no such quarter", titled(f"上党区{year}年第五季度")
    if base.contract.period.grain == "month":
        yield "span of months", titled(f"上党区{year}年3月-6月")
        yield "cumulative span", titled(f"上党区{year}年1月-6月")
        yield "over the turn of the year", titled(f"上党区{int(year) - 1}年12月-{year}年2月")
        yield "half a year", titled(f"上党区{year}年上半年")
        yield "no such month", titled(f"上党区{year}年13月")
    yield "no period", titled("上党区统计表", "统计表")


def _columns(base: Base) -> Made:
    for at in figures(base)[:2]:
        text = plain_heading(base, at)
        measure_unit = heading_key(value_at(base, base.heading, at)).removeprefix(text)
        for beginning in ("上年", "累计新增", "其中：", "未"):
            yield f"heading {beginning}…", with_value(base, base.heading, at, f"{beginning}{text}{measure_unit}")
        yield "heading of another object", with_value(base, base.heading, at, f"受保护草地总规模{measure_unit}")
        yield "heading in error", with_value(base, base.heading, at, f"{text[:-1]}机{measure_unit}")
        yield "no heading", with_value(base, base.heading, at, None)
        rows = copied(base)
        for number, row in enumerate(rows, start=1):
            row.insert(at, f"{text}{measure_unit}" if number == base.heading else 7.5 if number in base.data else None)
        yield "a second column of the field", Book(base.stem, rows).write
    if not figures(base):
        return
    last = figures(base)[-1]
    rows = copied(base)
    for number in base.data:
        row = rows[number - 1]
        row[last - 1 : last] = [None, row[last - 1]]
    yield "figures one column to the right", Book(base.stem, rows).write


def _row_kinds(base: Base) -> Made:
    texts = [at for name, at in base.columns.items() if name.split(":")[0] in base.contract.fields]
    keys = sorted(at for name, at in base.columns.items() if name.split(":")[0] in base.contract.reporting_unit.fields)
    if not keys or not texts:
        return
    row = base.data[len(base.data) // 2]

    def keyed(value: Any) -> Callable[[Path], Path]:
        rows = copied(base)
        for at in keys:
            rows[row - 1][at - 1] = None
        rows[row - 1][keys[-1] - 1] = value
        return Book(base.stem, rows).write

    yield "row without its unit", keyed(None)
    for label in ("盆地区小计", "合计", "小计", "全区", "其中：", "其他", "注：同上", "审核中", "—"):
        yield f"unit {label}", keyed(label)
    rows = copied(base)
    rows[row - 1] = [value if at in keys else None for at, value in enumerate(rows[row - 1], start=1)]
    yield "unit without figures", Book(base.stem, rows).write
    figure = figures(base)[0] if figures(base) else None
    if figure:
        rows = copied(base)
        rows.insert(row, [value if at == figure else None for at, value in enumerate(rows[row - 1], start=1)])
        yield "a figure by itself", Book(base.stem, rows).write
    rows = copied(base)
    rows.insert(row, list(rows[base.heading - 1]))
    yield "heading again", Book(base.stem, rows).write

    def hide(sheet: Any) -> None:
        sheet.row_dimensions[row].hidden = True

    yield "hidden row", Book(base.stem, copied(base), hide).write


def _dates(base: Base) -> Made:
    for at in base.of_kind("date")[:1]:
        row = next((one for one in base.data if value_at(base, one, at) is not None), None)
        if row is None:
            return
        for written in (
            "2024-02-30", "2024年13月1日", "2024-03-15 16:30", "2024年3月15日 星期一", "2024年3月15日前", "3月15日", "24.3.15",
            45366.75, "45366", "2024-03-14T16:00:00Z", "二〇二四年三月", "去年年底",
        ):  # fmt: skip
            yield f"date {written}", with_value(base, row, at, written)
    for at in base.of_kind("month")[:1]:
        row = base.data[0]
        for month in (2025.1, "2025.1", "2025-13", "一季度", "2025年1月-3月"):
            yield f"month {month}", with_value(base, row, at, month)


def _codes(base: Base) -> Made:
    row = base.data[0]
    for at in (one for name, one in base.columns.items() if name == "township_code"):
        written = str(value_at(base, row, at))
        for name, code in (
            (
                "another digit",
                f"{written[:-1]}{(int(written[-1]) + 3) % 10}" if written.isdecimal() else f"{written}乙",
            ),
            ("another county", "140428101"),
            ("in Excel's way", f'="{written}"'),
            ("decimal", f"{written}.0"),
            ("full width", written.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})),
            ("invisible", f"{written}\u200b"),
            ("letter for a digit", written.replace("0", "O", 1)),
            ("two", f"{written}、140404101"),
        ):
            yield f"township {name}", with_value(base, row, at, code)
    for at in (one for name, one in base.columns.items() if name == "township_code:name"):
        for name in ("长子县", "苏店", "⻄火镇", "苏店镇等", "某镇"):
            yield f"township called {name}", with_value(base, row, at, name)
    for at in base.of_kind("project")[:1]:
        for name in ("Z9", "A1-", "A1—01", "Al-01", "A1-01、A1-02", "A1-1", "A1 -01"):
            yield f"project {name}", with_value(base, row, at, name)
    for at in base.of_kind("code", "boolean")[:2]:
        for name in ("甲乙丙", "9", "在建、完工", "同上"):
            yield f"code {name}", with_value(base, row, at, name)


def _scales(base: Base) -> Made:
    for row, at in figure_cells(base, most=1):
        value = value_at(base, row, at)
        for name, written in (
            ("in ten thousands", f"{value}万"),
            ("about", f"约{value}"),
            ("at least", f"≥{value}"),
            ("range", f"{value}-{value + 5}"),
            ("torn by a blank", f"{str(value)[:1]} {str(value)[1:]}0"),
            ("point and comma exchanged", "1.234,5"),
            ("letter for a digit", f"{value}O"),
            ("in Chinese", "三百二十"),
            ("in brackets", f"({value})"),
            ("two numbers", f"{value}/{value}"),
            ("with a remark", f"{value}（含飞地）"),
            ("boolean", True),
            ("error", "#REF!"),
            ("percent", f"{value}%"),
            ("powers", "1.2E3"),
        ):
            yield f"{name} {at}", with_value(base, row, at, written)
    for at in base.of_kind("percent")[:1]:
        rows = copied(base)
        for row in base.data:
            if isinstance(rows[row - 1][at - 1], int | float):
                rows[row - 1][at - 1] = rows[row - 1][at - 1] / 100
        yield "percentages as fractions", Book(base.stem, rows).write
    for at in base.of_kind("count")[:1]:
        if row := filled(base, at):
            yield "half a count", with_value(base, row, at, value_at(base, row, at) + 0.5)


def _formats(base: Base) -> Made:
    for row, at in figure_cells(base, most=1):
        for code in ("0,", ";;;", '0".5"', '0"万"', "0,,"):
            yield f"format {code}", Book(base.stem, copied(base), partial(_show, row, at, code)).write
        old = str(value_at(base, row, at))
        for name, font in (("struck", InlineFont(strike=True)), ("raised", InlineFont(vertAlign="superscript"))):
            yield name, with_value(base, row, at, CellRichText(TextBlock(font, "9"), old))
        yield "struck as a whole", Book(base.stem, copied(base), partial(_strike, row, at)).write
        if row + 1 in base.data:
            yield "merged figures", Book(base.stem, copied(base), partial(_merge_with_next, row, at)).write
        yield "formula that nobody computed", with_value(base, row, at, "=1+1")


def _show(row: int, at: int, code: str, sheet: Any) -> None:
    sheet.cell(row, at).number_format = code


def _strike(row: int, at: int, sheet: Any) -> None:
    sheet.cell(row, at).font = openpyxl.styles.Font(strike=True)


def _merge_with_next(row: int, at: int, sheet: Any) -> None:
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=at, end_column=at)


def _containers(base: Base) -> Made:
    lines = _delimited(base.rows).splitlines(keepends=True)
    at = base.data[len(base.data) // 2] - 1
    text = "".join(lines)
    changed = {
        "cut within the last row": text[: -len(lines[-1]) // 2],
        "cut behind the last figure": text.rstrip("\r\n"),
        "a field too many": "".join([*lines[:at], f"7,{lines[at]}", *lines[at + 1 :]]),
        "a field too few": "".join([*lines[:at], lines[at].partition(",")[2], *lines[at + 1 :]]),
        "a quote left open": "".join([*lines[:at], f'"{lines[at]}', *lines[at + 1 :]]),
        "a comma in a number": "".join([*lines[:at], _with_comma(lines[at]), *lines[at + 1 :]]),
    }
    for name, content in changed.items():
        yield name, partial(_text, base.stem, content.encode())
    content = text.encode()
    yield "a byte of another encoding", partial(_text, base.stem, content[:300] + b"\xff" + content[300:])
    yield "a zero byte", partial(_text, base.stem, text.replace(",", ",\0", 1).encode())
    yield "half of the last character", partial(_text, base.stem, content + "镇".encode()[:2])
    yield "two tables in a zip", partial(_zipped, base.stem, {"甲.csv": content, "乙.csv": content})
    yield "hidden sheet of the same", Book(base.stem, copied(base), _hide_other, {"底稿": copied(base)}).write
    row, column = next(iter(figure_cells(base, most=1)), (base.data[0], 1))
    yield "two cells of one address", partial(_twice, base, row, column)


def _names(base: Base) -> Made:
    """Names of the sheet and of the zip's member that say another period than the title, or that it is not reported."""
    title = next((str(value) for row in base.rows[: base.heading - 1] for value in row if value), "")
    year = next((one for one in ("2022", "2023", "2024", "2025") if one in title), None)
    for name in ("作废", "草稿", "样表"):
        yield f"sheet {name}", Book(base.stem, copied(base), sheet=name).write
    if year is None or base.contract.period.from_date:
        return
    other = f"{int(year) - 1}年"
    yield "sheet of another year", Book(base.stem, copied(base), sheet=other).write
    yield "member of another year", partial(_in_zip, base, f"{base.contract.title.zh}{other}".replace("/", "-"))
    for grain, part in (("quarter", "第二季度"), ("month", "5月")):
        if base.contract.period.grain == grain and part not in title:
            yield f"sheet of {part}", Book(base.stem, copied(base), sheet=part).write
            yield f"member of {part}", partial(_in_zip, base, part)


def _in_zip(base: Base, member: str, folder: Path) -> Path:
    """The report as the member of this name of a zip that is called as the report was."""
    (inside := folder / "inside").mkdir(exist_ok=True)
    book = Book(member, copied(base)).write(inside)
    return _zipped(base.stem, {book.name: book.read_bytes()}, folder)


def _unit_lines(base: Base) -> Made:
    """A line above the headings that names a unit: where the headings have another, and where they have none."""
    words = {"area": ("亩", "平方米"), "money": ("元", "亿元"), "mass": ("千克", "万吨")}
    for at in figures(base):
        field = next(
            (name for name, column in base.columns.items() if column == at and name in base.contract.fields), ""
        )
        kind = base.contract.fields[field].type if field else "area"
        if kind not in words:
            continue
        for measure_unit in words[kind]:
            for line in (f"单位：{measure_unit}", f"计量单位：{measure_unit}"):
                rows = copied(base)
                rows.insert(base.heading - 1, [line])
                yield f"line {line}", Book(base.stem, rows).write
            rows = copied(base)
            for column in figures(base):
                rows[base.heading - 1][column - 1] = plain_heading(base, column)
            rows.insert(base.heading - 1, [f"（单位：{measure_unit}）"])
            yield f"line of {measure_unit} above headings without units", Book(base.stem, rows).write
        return


def _delimited(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _with_comma(line: str) -> str:
    """A line with a comma before the last digit of its last number of two digits or more."""
    for place in range(len(line) - 1, 0, -1):
        if line[place].isdecimal() and line[place - 1].isdecimal():
            return f"{line[:place]},{line[place:]}"
    return f"7,{line}"


def _text(stem: str, content: bytes, folder: Path) -> Path:
    path = folder / f"{stem}.csv"
    path.write_bytes(content)
    return path


def _zipped(stem: str, members: dict[str, bytes], folder: Path) -> Path:
    path = folder / f"{stem}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _hide_other(sheet: Any) -> None:
    sheet.parent["底稿"].sheet_state = "hidden"


def _twice(base: Base, row: int, column: int, folder: Path) -> Path:
    """Another cell of the same address, at the end of the sheet."""
    path = Book(base.stem, copied(base)).write(folder)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    address = openpyxl.utils.get_column_letter(column) + str(row)
    cell = f'<row r="{row}"><c r="{address}"><v>777</v></c></row></sheetData>'
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", cell.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
