"""The sheet 自动规范 of a receipt's workbook: every cell that was taken otherwise than it stands."""

from typing import TYPE_CHECKING

from ingestion.peek import REPAIRS_SHEET
from ingestion.receipts.cells import plain
from ingestion.receipts.lines import field_title
from ingestion.receipts.sheet import HEADER_COLOUR, free_name
from ingestion.receipts.summary import SubmissionSummary

if TYPE_CHECKING:
    from openpyxl import Workbook

REPAIR_COLUMNS = {"工作表": 20, "单元格": 14, "列": 24, "原样": 28, "取值": 28, "说明": 44}


def add_repairs(workbook: "Workbook", submission: SubmissionSummary, own_sheet: str | None) -> None:
    """Adds the sheet behind 审核结果 where there are repairs. own_sheet: the sheet that entries without a sheet name are about."""
    from openpyxl.styles import Font, PatternFill

    if not submission.repairs:
        return
    sheet = workbook.create_sheet(free_name(workbook, REPAIRS_SHEET), 1)
    for column, (title, width) in enumerate(REPAIR_COLUMNS.items(), start=1):
        cell = sheet.cell(1, column, title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEADER_COLOUR)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A2"
    for row, one in enumerate(submission.repairs, start=2):
        words = f"{one.words.zh}（{one.cells} 格）" if one.cells > 1 else one.words.zh
        title = field_title(submission.contract, one.field)
        for column, value in enumerate((one.sheet or own_sheet, one.cell, title, one.written, one.taken, words), start=1):
            plain(sheet.cell(row, column), value)
    if submission.repaired > len(submission.repairs):
        plain(sheet.cell(len(submission.repairs) + 2, 1), f"共 {submission.repaired} 处，只列出前 {len(submission.repairs)} 处")
