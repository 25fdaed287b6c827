"""The workbook of a form: the sheet that is filled in (title, lines about the sender, headings, an example, the rows that are
known), its notes and lists. Called by `write_template` for tables.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts.names import period_name
from contracts.reference import COUNTY_NAME
from ingestion.receipt_sheets import LONGEST_SHEET_NAME
from ingestion.templates.checks import LISTS_SHEET, add_checks, add_lists
from ingestion.templates.form import GRAINS, Form, FormColumn, example_row, unit_title
from ingestion.templates.notes import NOTES_SHEET, write_notes

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

TITLE_ROW, SENDER_ROW = 1, 2
SPARE_ROWS = 30  # framed for filling in, beyond the rows that are known; checks and unlocked cells go on below
CHECKED_ROWS = 5000  # so many rows at least have checks and are unlocked
LEAST_WIDTH, MOST_WIDTH, TEXT_WIDTH = 12, 34, 30  # characters
TITLE_HEIGHT, HEADING_HEIGHT = 34, 36  # points: the title's larger letters; two lines of a heading
DARK, LIGHT, GREY, YELLOW = "1F4E5F", "5B8A99", "EEF2F3", "FFF8DC"
LONG_TEXTS = ("text", "township_list")
FORMATS = {"date": "yyyy-mm-dd", "month": "@", "count": "0", "text": "@", "project": "@", "township": "@"}
EXAMPLE = "示例（不读取）"
SENDER_KEYS = ("填报单位", "填报人", "审核人", "填报日期")
LAST_COLUMN = 16384  # of a sheet, by the format


@dataclass(frozen=True)
class FormRows:
    """Where the table of a form stands: its heading rows, and the rows that are filled in."""

    first_heading: int
    headings: int
    first: int
    last: int


def write_workbook_form(form: Form, target: Path) -> None:
    """Writes the workbook of a form: the sheet to fill in, its notes, and its lists of values. Raises OSError when it cannot
    be written.
    """
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = form.contract.title.zh[:LONGEST_SHEET_NAME]
    rows = _write_sheet(form, sheet)
    write_notes(form, workbook.create_sheet(NOTES_SHEET))
    lists_sheet = workbook.create_sheet(LISTS_SHEET)
    lists = add_lists(lists_sheet, form.columns)
    if lists:
        lists_sheet.protection.sheet = True
        add_checks(sheet, form.columns, rows.first, rows.last, lists)
    else:
        workbook.remove(lists_sheet)
        add_checks(sheet, form.columns, rows.first, rows.last, {})
    workbook.save(target)


def _write_sheet(form: Form, sheet: "Worksheet") -> FormRows:
    """Writes the form into an empty sheet. Everything but what is to be filled in is locked."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.dimensions import ColumnDimension

    sender_rows = _sender_lines(form, sheet)
    first_heading = SENDER_ROW + sender_rows
    headings = _headings(form, sheet, first_heading)
    example_at = first_heading + headings
    _example(form, sheet, example_at)
    first = example_at + 1
    _rows(form, sheet, first)
    for number, column in enumerate(form.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _width(column)
        _unlock(sheet.column_dimensions[letter])
    rest = get_column_letter(len(form.columns) + 1)
    sheet.column_dimensions[rest] = ColumnDimension(sheet, index=rest, min=len(form.columns) + 1, max=LAST_COLUMN)
    _unlock(sheet.column_dimensions[rest])  # a row with a locked cell cannot be deleted
    _page(form, sheet, first_heading, first)
    return FormRows(first_heading, headings, first, max(first + len(form.rows), CHECKED_ROWS))


def _sender_lines(form: Form, sheet: "Worksheet") -> int:
    """Title and the lines about the sender; returns the number of lines below the title."""
    from openpyxl.styles import Alignment, Font

    title = sheet.cell(TITLE_ROW, 1, form.title)
    _lock(title)
    title.font, title.alignment = Font(bold=True, size=16), Alignment(horizontal="center", vertical="center")
    sheet.merge_cells(start_row=TITLE_ROW, end_row=TITLE_ROW, start_column=1, end_column=len(form.columns))
    sheet.row_dimensions[TITLE_ROW].height = TITLE_HEIGHT
    for index, key in enumerate(SENDER_KEYS):
        _label(sheet.cell(SENDER_ROW, 2 * index + 1, f"{key}："))
        _input(sheet.cell(SENDER_ROW, 2 * index + 2), FORMATS["date"] if key.endswith("日期") else "@")
    if not form.asks_period:
        return 1
    if measure_unit := next((unit_title(column.field) for column in form.columns if column.role == "class"), None):
        _label(sheet.cell(SENDER_ROW + 1, 5, f"单位：{measure_unit}"))
    _label(sheet.cell(SENDER_ROW + 1, 1, f"{_period_title(form)}："))
    period = sheet.cell(SENDER_ROW + 1, 2, period_name(form.period) or None)
    if form.period:
        _lock(period)
    else:
        _input(period, "@")
        _hint(
            sheet,
            period.coordinate,
            _period_title(form),
            f"填{GRAINS[form.contract.period.grain]}；填报日期不是填报期。",
        )
    return 2


def _period_title(form: Form) -> str:
    return next(field.zh for field in form.contract.fields.values() if field.type == "period")


def _headings(form: Form, sheet: "Worksheet", first: int) -> int:
    """The headings, in two rows where columns have groups; returns how many rows."""
    grouped = any(column.group for column in form.columns)
    at = first + int(grouped)
    for number, column in enumerate(form.columns, start=1):
        _heading(sheet.cell(at, number), column.heading, column.is_required)
        if grouped:
            upper = sheet.cell(first, number)
            _heading(upper, column.group or column.heading, column.is_required)
            if column.group is None:
                sheet.cell(at, number).value = None
                sheet.merge_cells(start_row=first, end_row=at, start_column=number, end_column=number)
    if grouped:
        _merge_groups(form, sheet, first)
    sheet.row_dimensions[at].height = HEADING_HEIGHT
    return 1 + int(grouped)


def _merge_groups(form: Form, sheet: "Worksheet", row: int) -> None:
    """Merges the heading of a group over its columns."""
    groups = [column.group for column in form.columns]
    start = 0
    for end in range(1, len(groups) + 1):
        if end == len(groups) or groups[end] != groups[start]:
            for number in range(start + 2, end + 1):
                if groups[start] is not None:
                    sheet.cell(row, number).value = None
            if groups[start] is not None and end - start > 1:
                sheet.merge_cells(start_row=row, end_row=row, start_column=start + 1, end_column=end)
            start = end


def _example(form: Form, sheet: "Worksheet", row: int) -> None:
    from openpyxl.styles import Font, PatternFill

    for number, (column, value) in enumerate(zip(form.columns, example_row(form), strict=True), start=1):
        cell = sheet.cell(row, number, EXAMPLE if number == 1 else value)
        cell.font, cell.fill = Font(italic=True, color="7A8B90"), PatternFill("solid", fgColor=GREY)
        cell.number_format, cell.border = _format(column), _thin()
        _lock(cell)


def _rows(form: Form, sheet: "Worksheet", first: int) -> None:
    from openpyxl.styles import Alignment, PatternFill

    for index in range(len(form.rows) + (0 if form.contract.reporting_unit.kind == "township" else SPARE_ROWS)):
        known: dict[Any, Any] = form.rows[index] if index < len(form.rows) else {}
        for number, column in enumerate(form.columns, start=1):
            cell = sheet.cell(first + index, number, known.get(column.key))
            cell.number_format, cell.border = _format(column), _thin()
            cell.alignment = Alignment(wrap_text=column.field.type in LONG_TEXTS, vertical="center")
            if cell.value is not None:
                cell.fill = PatternFill("solid", fgColor=GREY)
            _unlock(cell)


def _format(column: FormColumn) -> str:
    return FORMATS.get(column.field.type, "General")


def _width(column: FormColumn) -> float:
    if column.field.type in LONG_TEXTS:
        return TEXT_WIDTH
    return min(MOST_WIDTH, max(LEAST_WIDTH, 2.0 * len(column.heading) + 2))


def _heading(cell: "Cell", text: str, required: bool) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.value = text
    cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=DARK if required else LIGHT)
    cell.alignment, cell.border = Alignment(horizontal="center", vertical="center", wrap_text=True), _thin()
    _lock(cell)


def _label(cell: "Cell") -> None:
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(horizontal="right")
    _lock(cell)


def _input(cell: "Cell", number_format: str) -> None:
    from openpyxl.styles import PatternFill

    cell.fill, cell.number_format = PatternFill("solid", fgColor=YELLOW), number_format
    _unlock(cell)


def _hint(sheet: "Worksheet", cell: str, title: str, text: str) -> None:
    """Shows a text when a cell is chosen. In a cell of its own an example of a period would be read as the sheet's."""
    from openpyxl.worksheet.datavalidation import DataValidation

    hint = DataValidation(type=None, showInputMessage=True, promptTitle=title, prompt=text)
    sheet.add_data_validation(hint)
    hint.add(cell)


def _thin() -> Any:
    from openpyxl.styles import Border, Side

    side = Side(style="thin", color="B8C4C8")
    return Border(left=side, right=side, top=side, bottom=side)


def _lock(cell: Any) -> None:
    from openpyxl.styles import Protection

    cell.protection = Protection(locked=True)


def _unlock(cell: Any) -> None:
    from openpyxl.styles import Protection

    cell.protection = Protection(locked=False)


def _page(form: Form, sheet: "Worksheet", first_heading: int, first: int) -> None:
    """Frozen headings, printing in landscape on one page's width, and protection without a password."""
    named = sum(column.field.name in form.contract.reporting_unit.fields for column in form.columns)
    sheet.freeze_panes = sheet.cell(first, named + 1)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{first_heading}:{first - 2}"
    sheet.oddFooter.center.text = f"{COUNTY_NAME}{form.contract.title.zh} 第 &P 页，共 &N 页"
    sheet.protection.sheet = True
    for action in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, action, False)
