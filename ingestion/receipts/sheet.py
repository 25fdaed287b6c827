"""The first sheet of a receipt's workbook: what became of the submission, every finding with a link to its cell, what
was received. Called by `workbook`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contracts import Finding
from contracts.model import Severity
from ingestion.receipt_sheets import RECEIPT_SHEET
from ingestion.receipts.cells import ADDRESS, put_text, put_value
from ingestion.receipts.lines import Line, kind_of, lines, listed
from ingestion.receipts.report_text import facts, headline, received
from ingestion.receipts.summary import SubmissionSummary, UnitSummary

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

COLOURS: dict[Severity, str] = {"error": "FFFF9999", "warning": "FFFFE699", "info": "FFBDD7EE"}
# Heading and width in characters of each column
COLUMNS = {
    "级别": 9,
    "单位": 16,
    "数据项": 20,
    "位置": 24,
    "填报": 16,
    "应为": 16,
    "问题": 56,
    "如何改正": 48,
    "规则": 30,
}
HEADER_COLOUR = "FFD9D9D9"
ROW_HEIGHT = 16  # points, of one line of text
HEADLINE_HEIGHT = 54  # points: three lines of its larger letters
MERGED_CHARACTERS = 85  # Chinese characters in a line of the merged columns behind a title
MARGIN = 0.5  # inches, of a printed page
BEYOND = "位置均指原文件；原文件较大，本回执不附原表。"


def add_sheet(
    workbook: "Workbook",
    submission: SubmissionSummary,
    file_name: str,
    findings: Sequence[Finding],
    reporting_units: Sequence[UnitSummary],
    own_sheet: str | None,
) -> "Worksheet":
    """Adds the sheet in front and shows it first. own_sheet: the sheet that findings without a sheet name are about;
    None: no links.

    Its name is 审核结果, followed by a number where the submitter's workbook has a sheet of that name.
    """
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = workbook.create_sheet(free_name(workbook, RECEIPT_SHEET), 0)
    _show_alone(workbook, sheet)
    for number, width in enumerate(COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    put_text(sheet["A1"], headline(submission, findings, reporting_units))
    sheet["A1"].font = Font(bold=True, size=13)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(COLUMNS))
    sheet.row_dimensions[1].height = HEADLINE_HEIGHT
    for title, value in facts(submission, file_name, reporting_units):
        _row(sheet, [title, value])
    if names := received(submission, reporting_units):
        _row(sheet, ["已接收", names])
    if not own_sheet and submission.contract is not None:
        _row(sheet, ["说明", BEYOND])
    for row in range(2, sheet.max_row + 1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=len(COLUMNS))
        # merged cells do not grow with their text by themselves
        sheet.row_dimensions[row].height = ROW_HEIGHT * (len(str(sheet.cell(row, 2).value)) // MERGED_CHARACTERS + 1)
    made = lines(findings, submission.contract, submission.whole)
    if made:
        sheet.append([])
        _row(sheet, list(COLUMNS))
        header = sheet.max_row
        for cell in sheet[header]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEADER_COLOUR)
        for line in made:
            _finding(workbook, sheet, line, own_sheet)
        sheet.freeze_panes = f"A{header + 1}"
        sheet.print_title_rows = f"{header}:{header}"
        sheet.auto_filter.ref = f"A{header}:{get_column_letter(len(COLUMNS))}{sheet.max_row}"
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    print_in_width(sheet)
    return sheet


def print_in_width(sheet: "Worksheet") -> None:
    """Prints a sheet on A4 in landscape, as wide as a page and as long as it takes, its pages numbered."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A　第 &P 页，共 &N 页"
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, MARGIN)


def _show_alone(workbook: "Workbook", sheet: "Worksheet") -> None:
    """Opens the workbook at a sheet, whatever windows its submitter had; of two selected ones each would take what is
    typed into the other.
    """
    from openpyxl.workbook.views import BookView

    workbook.views = [BookView()]
    workbook.active = workbook.index(sheet)
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet
    for chart in workbook.chartsheets:
        for view in chart.sheetViews.sheetView:
            view.tabSelected = False


def free_name(workbook: "Workbook", wanted: str) -> str:
    """The name of a new sheet, followed by a number where the workbook has a sheet of that name."""
    taken = {name.lower() for name in workbook.sheetnames}
    return next(
        name for number in range(len(taken) + 1) if (name := f"{wanted}{number + 1 if number else ''}") not in taken
    )


def _row(sheet: "Worksheet", values: list[str | None]) -> None:
    row = sheet.max_row + 1
    for column, value in enumerate(values, start=1):
        put_value(sheet.cell(row, column), value)


def _finding(workbook: "Workbook", sheet: "Worksheet", line: Line, own_sheet: str | None) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    one = line.first
    found, expected = (
        listed(dict.fromkeys(filter(None, values)), "个")
        for values in (
            [each.found for each in line.findings],
            [each.expected for each in line.findings],
        )
    )
    _row(
        sheet,
        [
            *(kind_of(one), line.who, line.title, line.where),
            *(found, expected, line.message, one.remedy, one.rule_id),
        ],
    )
    row = sheet.max_row
    sheet.cell(row, 1).fill = PatternFill("solid", fgColor=COLOURS[one.severity])
    target = one.sheet or own_sheet
    address = ADDRESS.search(one.cell or "")
    if own_sheet and address and target in workbook.sheetnames:
        place = sheet.cell(row, 4)
        quoted = str(target).replace("'", "''")
        place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{quoted}'!{address.group()}")
        place.font = Font(color="FF0563C1", underline="single")
