"""The sheet 自动规范 of a receipt's workbook, and the table of a layer's: everything that was read otherwise than it
is written. Called by `workbook` and `write`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from contracts.findings import shown
from ingestion.receipt_sheets import NORMALIZATION_SHEET
from ingestion.receipts.cells import put_value
from ingestion.receipts.lines import field_title
from ingestion.receipts.sheet import HEADER_COLOUR, free_name, print_in_width
from ingestion.receipts.summary import SubmissionSummary

if TYPE_CHECKING:
    from openpyxl import Workbook

# Heading and width in characters of each column
CONVERSION_COLUMNS = {"工作表": 20, "单元格": 14, "列": 24, "原样": 28, "取值": 28, "说明": 44}

LAYER_NORMALIZATION_LOG = pa.schema(
    [
        *((title, pa.string()) for title in ("图斑", "属性", "数据项", "原样", "取值")),
        ("图斑数", pa.int64()),
        ("说明", pa.string()),
    ]
)
WHOLE_LAYER = "整个图层"


def add_normalization_sheet(workbook: "Workbook", submission: SubmissionSummary, own_sheet: str | None) -> None:
    """Adds the sheet behind 审核结果 where there are conversions. own_sheet: the sheet that entries without a sheet name
    are about.
    """
    from openpyxl.styles import Alignment, Font, PatternFill

    if not submission.conversions:
        return
    sheet = workbook.create_sheet(free_name(workbook, NORMALIZATION_SHEET), 1)
    for column, (title, width) in enumerate(CONVERSION_COLUMNS.items(), start=1):
        cell = sheet.cell(1, column, title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEADER_COLOUR)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    for row, one in enumerate(submission.conversions, start=2):
        words = f"{one.words.zh}（{one.cells} 格）" if one.cells > 1 else one.words.zh
        title = field_title(submission.contract, one.field)
        for column, value in enumerate(
            (one.sheet or own_sheet, one.cell, title, shown(one.written), one.taken, words), start=1
        ):
            put_value(sheet.cell(row, column), value)
    if submission.converted > len(submission.conversions):
        put_value(sheet.cell(len(submission.conversions) + 2, 1), _beyond(submission))
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    print_in_width(sheet)


def add_layer_normalization_log(target: Path, submission: SubmissionSummary) -> None:
    """Adds a table without geometry to a layer's receipt where there are conversions; a GeoPackage that is not there is
    made.

    图斑 is the first feature of those that are concerned, 图斑数 how many they are. Raises OSError when it cannot be
    written.
    """
    from pyogrio.raw import write_arrow

    if not submission.conversions:
        return
    rows: list[tuple[str | int | None, ...]] = [
        (
            one.feature or WHOLE_LAYER,
            one.cell,
            field_title(submission.contract, one.field),
            shown(one.written),
            one.taken,
            one.cells,
            one.words.zh,
        )
        for one in submission.conversions
    ]
    if submission.converted > len(rows):
        rows.append((_beyond(submission), *(None,) * (len(LAYER_NORMALIZATION_LOG) - 1)))
    table = pa.Table.from_arrays(
        [
            pa.array(values, kind)
            for values, kind in zip(zip(*rows, strict=True), LAYER_NORMALIZATION_LOG.types, strict=True)
        ],
        schema=LAYER_NORMALIZATION_LOG,
    )
    write_arrow(table, str(target), layer=NORMALIZATION_SHEET, driver="GPKG", append=target.exists())


def _beyond(submission: SubmissionSummary) -> str:
    return f"共 {submission.converted} 处，只列出前 {len(submission.conversions)} 处"
