"""The sheet of a form that is filled in: title, lines about the sender, headings, an example, the rows that are known."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.reference import COUNTY_NAME
from ingestion.readers.cells import column_letters
from ingestion.receipts.summary import period_name
from ingestion.templates.examples import example_row
from ingestion.templates.form import GRAINS, Form, FormColumn, unit_title

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

TITLE_ROW, ABOUT_ROW = 1, 2
SPARE_ROWS = 30  # framed for filling in, beyond the rows that are known; checks and unlocked cells go on below
CHECKED_ROWS = 5000
LEAST_WIDTH, MOST_WIDTH, TEXT_WIDTH = 12, 34, 30
DARK, LIGHT, GREY, YELLOW = "1F4E5F", "5B8A99", "EEF2F3", "FFF8DC"
LONG_TEXTS = ("text", "township_list")
FORMATS = {"date": "yyyy-mm-dd", "month": "@", "count": "0", "text": "@", "project": "@", "township": "@"}
EXAMPLE = "示例（不读取）"
ABOUT = ("填报单位", "填报人", "审核人", "填报日期")
LAST_COLUMN = 16384


@dataclass(frozen=True)
class Laid:
    """Where the table of a form stands: its heading rows, and the rows that are filled in."""

    first_heading: int
    headings: int
    first: int
    last: int


def lay_out(form: Form, sheet: "Worksheet") -> Laid:
    """Writes the form into an empty sheet. Everything but what is to be filled in is locked."""
    from openpyxl.worksheet.dimensions import ColumnDimension

    metadata_rows = _about(form, sheet)
    first_heading = ABOUT_ROW + metadata_rows
    headings = _headings(form, sheet, first_heading)
    example_at = first_heading + headings
    _example(form, sheet, example_at)
    first = example_at + 1
    _rows(form, sheet, first)
    for number, column in enumerate(form.columns, start=1):
        letter = column_letters(number)
        sheet.column_dimensions[letter].width = _width(column)
        _unlock(sheet.column_dimensions[letter])
    rest = column_letters(len(form.columns) + 1)
    sheet.column_dimensions[rest] = ColumnDimension(sheet, index=rest, min=len(form.columns) + 1, max=LAST_COLUMN)
    _unlock(sheet.column_dimensions[rest])  # a row with a locked cell cannot be deleted
    _page(form, sheet, first_heading, first)
    return Laid(first_heading, headings, first, max(first + len(form.rows), CHECKED_ROWS))


def _about(form: Form, sheet: "Worksheet") -> int:
    """Title and the lines about the sender; returns the number of lines below the title."""
    from openpyxl.styles import Alignment, Font

    title = sheet.cell(TITLE_ROW, 1, form.title)
    _lock(title)
    title.font, title.alignment = Font(bold=True, size=16), Alignment(horizontal="center", vertical="center")
    sheet.merge_cells(start_row=TITLE_ROW, end_row=TITLE_ROW, start_column=1, end_column=len(form.columns))
    sheet.row_dimensions[TITLE_ROW].height = 34
    for index, key in enumerate(ABOUT):
        _label(sheet.cell(ABOUT_ROW, 2 * index + 1, f"{key}："))
        _input(sheet.cell(ABOUT_ROW, 2 * index + 2), FORMATS["date"] if key.endswith("日期") else "@")
    if not form.asks_period:
        return 1
    if measure_unit := next((unit_title(column.field) for column in form.columns if column.role == "class"), None):
        _label(sheet.cell(ABOUT_ROW + 1, 5, f"单位：{measure_unit}"))
    _label(sheet.cell(ABOUT_ROW + 1, 1, f"{_period_title(form)}："))
    period = sheet.cell(ABOUT_ROW + 1, 2, period_name(form.period) or None)
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
    sheet.row_dimensions[at].height = 36
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
