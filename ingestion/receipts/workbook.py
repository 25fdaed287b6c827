"""The submitter's own workbook, the faulty cells coloured and commented. Called by `write` for tables."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts import Finding
from contracts.findings import SEVERITIES
from contracts.text import FORMULA_BEGINNINGS, text_width
from ingestion.readers.cells import RawSheet, column_letters
from ingestion.readers.tabular import read_workbook
from ingestion.readers.zip_members import Archive, is_zip, open_zip, read_beginning
from ingestion.receipt_sheets import LONGEST_SHEET_NAME, NORMALIZATION_SHEET, RECEIPT_SHEET
from ingestion.receipts.cells import ADDRESS, number_or_text, put_text, put_value
from ingestion.receipts.lines import kind_of
from ingestion.receipts.normalization_log import CONVERSION_COLUMNS, add_normalization_sheet
from ingestion.receipts.sheet import COLOURS, add_sheet, print_in_width
from ingestion.receipts.summary import SubmissionSummary, UnitSummary

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.defined_name import DefinedNameDict
    from openpyxl.worksheet.worksheet import Worksheet

AUTHOR = "上党区国土整治修复数据审核"
COMMENT_CHARACTERS = 1200  # more does not fit on a screen beside the cell
COMMENT_WIDTH, COMMENT_LINE_HEIGHT = 320, 22  # pixels
COMMENT_LINE_CHARACTERS = 22  # Chinese characters in a line of this width
# A workbook beyond this comes back as its list of findings only: colouring a copy would take minutes
LARGEST_BYTES, LARGEST_UNZIPPED_BYTES, LARGEST_CELLS = 4 << 20, 12 << 20, 200_000
# And one of more parts: each costs openpyxl a tenth of a millisecond, however small it is in the file
LARGEST_CHARACTERS = 12 << 20
LARGEST_SHEETS, LARGEST_PARTS = 1_000, 70_000
CELL = re.compile(rb"<(?:\w+:)?c[ />]")
PART = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|dataValidation|cfRule|definedName|hyperlink|col|xf|font|fill|border|comment)[ />]"
)
NARROWEST, WIDEST = 7, 40  # characters of a column that is made for a file without widths
CELLS_OF_A_RANGE = 200  # that are coloured and commented: a longer range is seen by its beginning
SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
# What leads outside, or calls a function (a form's own DATE aside), in a name or in what a cell may hold
COMPUTES = re.compile(r"[\[|]|file:|https?:|(?<!DATE)\(", re.IGNORECASE)


def write_workbook(
    target: Path,
    original: Path,
    file_name: str,
    submission: SubmissionSummary,
    findings: Sequence[Finding],
    reporting_units: Sequence[UnitSummary],
) -> None:
    """Writes the annotated copy of a table file; .xls and CSV become .xlsx with the same cell addresses.

    Raises OSError when the target cannot be written. An original that cannot be opened, or is too large, yields the
    list of findings alone.
    """
    from openpyxl import Workbook

    workbook, own_sheet = _copy(original, file_name), None
    if workbook is None:
        workbook = Workbook()
        workbook.remove(workbook.worksheets[0])
    else:
        own_sheet = workbook.sheetnames[0]
        _annotate(workbook, findings, own_sheet)
    add_sheet(workbook, submission, file_name, findings, reporting_units, own_sheet)
    add_normalization_sheet(workbook, submission, own_sheet)
    workbook.save(target)


def _copy(original: Path, file_name: str) -> "Workbook | None":
    """A workbook as it was submitted, without anything that computes or leads outside; None where it is beyond the
    limits or unreadable.
    """
    if original.stat().st_size > LARGEST_BYTES:
        return None
    try:
        if is_zip(original):
            with open_zip(original, LARGEST_UNZIPPED_BYTES) as archive:
                is_workbook = "xl/workbook.xml" in archive.namelist()
                if is_workbook and _has_many_parts(archive):
                    return None
            if is_workbook and (own := _original(original)):
                return own if _characters(own) <= LARGEST_CHARACTERS else None
        sheets = read_workbook(original)
        if sum(len(row.values) for sheet in sheets for row in sheet.rows) > LARGEST_CELLS:
            return None
        rebuilt = _rebuilt(sheets, file_name)
        return rebuilt if _characters(rebuilt) <= LARGEST_CHARACTERS else None
    except Exception:  # whatever is wrong with the original: its submitter still gets the findings
        return None


def _characters(workbook: "Workbook") -> int:
    """Of all its cells' texts: one that stands once in a file, for thousands of cells, is written for each."""
    from ingestion.receipts.own_workbook import cells_of

    return sum(len(cell.value) for sheet in workbook.worksheets for cell in cells_of(sheet) if cell.data_type == "s")


def _has_many_parts(archive: Archive) -> bool:
    """Whether a workbook has more sheets, cells, or ranges, styles and names than are copied."""
    members = [member for member in archive.infolist() if member.filename.endswith(".xml")]
    cells = parts = sheets = 0
    for member in members:
        content = read_beginning(archive, member, LARGEST_UNZIPPED_BYTES)
        sheets += member.filename.startswith("xl/worksheets/")
        cells += len(CELL.findall(content))
        parts += len(PART.findall(content))
    return sheets > LARGEST_SHEETS or cells > LARGEST_CELLS or parts > LARGEST_PARTS


def _original(original: Path) -> "Workbook | None":
    """The submitter's .xlsx itself; None where openpyxl cannot open it."""
    from ingestion.receipts.own_workbook import cells_of, load_own

    try:
        workbook = load_own(original)
        formulas = [cell for sheet in workbook.worksheets for cell in cells_of(sheet) if cell.data_type == "f"]
        computed = load_own(original, data_only=True) if formulas else None
    except Exception:
        return None
    for cell in formulas:
        value = computed[cell.parent.title].cell(cell.row, cell.column).value if computed else None
        put_value(cell, getattr(cell.value, "text", cell.value) if value is None else value)
    for sheet in workbook.worksheets:
        if _is_of_a_receipt(sheet) and len(workbook.worksheets) > 1:
            workbook.remove(sheet)  # an earlier one that comes back corrected
            continue
        for cell in cells_of(sheet):
            _cleaned(cell)
        checks = sheet.data_validations
        checks.dataValidation = [
            one for one in checks.dataValidation if not COMPUTES.search(f"{one.formula1 or ''} {one.formula2 or ''}")
        ]
        _drop_names(sheet.defined_names)
    _drop_names(workbook.defined_names)
    return workbook if workbook.worksheets else None


def _is_of_a_receipt(sheet: "Worksheet") -> bool:
    if sheet.title.startswith(RECEIPT_SHEET):
        return bool(sheet["A2"].value == "文件")
    return sheet.title.startswith(NORMALIZATION_SHEET) and [cell.value for cell in sheet[1]] == list(CONVERSION_COLUMNS)


def _drop_names(names: "DefinedNameDict") -> None:
    for name in [name for name, defined in names.items() if COMPUTES.search(defined.attr_text or "")]:
        del names[name]


def _cleaned(cell: "Cell") -> None:
    """Takes away a link and an earlier receipt's marks; text that looks like a formula is fixed as text."""
    from openpyxl.styles import PatternFill

    if isinstance(cell.value, str) and cell.value.startswith(FORMULA_BEGINNINGS):
        put_text(cell, cell.value)
    if cell.hyperlink is not None:
        cell.hyperlink = None
    if cell.comment is not None and cell.comment.author == AUTHOR:
        cell.comment = None
        cell.fill = PatternFill()


def _rebuilt(sheets: list[RawSheet], file_name: str) -> "Workbook":
    """A new workbook with the same cells, in columns as wide as their texts. Sheets of a workbook keep their names; a CSV's
    has its file's.
    """
    from openpyxl import Workbook

    from ingestion.receipts.own_workbook import merge

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for raw in sheets:
        name = raw.name or SHEET_NAME.sub("_", Path(file_name).stem)[:LONGEST_SHEET_NAME] or "Sheet1"
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = "hidden" if raw.hidden else "visible"
        widths: dict[int, int] = {}
        for row in raw.rows:
            for column, value in enumerate(row.values, start=1):
                if value is not None:
                    widths[column] = max(widths.get(column, NARROWEST), min(text_width(str(value)), WIDEST))
                    put_value(
                        sheet.cell(row.no, column),
                        number_or_text(value) if raw.name is None and isinstance(value, str) else value,
                    )
        merge(sheet, (merged.address for merged in raw.merged))
        for column, width in widths.items():
            sheet.column_dimensions[column_letters(column)].width = width + 2
        print_in_width(sheet)
    return workbook


def _annotate(workbook: "Workbook", findings: Sequence[Finding], own_sheet: str) -> None:
    from ingestion.receipts.own_workbook import ShownPlaces

    sheets = {sheet.title: (sheet, ShownPlaces(sheet)) for sheet in workbook.worksheets}
    by_place: dict[tuple[str, int, int], list[Finding]] = defaultdict(list)
    for one in findings:
        name = one.sheet or own_sheet
        if one.cell and name in sheets:
            for match in ADDRESS.finditer(one.cell):
                for row, column in sheets[name][1].in_range(match.group(), CELLS_OF_A_RANGE):
                    by_place[name, row, column].append(one)
    for (name, row, column), here in by_place.items():
        _mark(sheets[name][0].cell(row, column), sorted(here, key=lambda one: SEVERITIES.index(one.severity)))


def _mark(cell: "Cell", findings: list[Finding]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    parts = list(
        dict.fromkeys(f"【{kind_of(one)}】{one.message}。\n{one.remedy}。〔{one.rule_id}〕" for one in findings)
    )
    if cell.comment is not None:
        parts.append(f"（原有批注）{cell.comment.text}")
    text = "\n".join(parts)
    text = text if len(text) <= COMMENT_CHARACTERS else f"{text[: COMMENT_CHARACTERS - 1]}…"
    rows = sum(len(part) // COMMENT_LINE_CHARACTERS + 1 for part in text.split("\n"))
    cell.comment = Comment(text, AUTHOR, width=COMMENT_WIDTH, height=COMMENT_LINE_HEIGHT * (rows + 1))
    cell.fill = PatternFill("solid", fgColor=COLOURS[findings[0].severity])
