"""A submitter's .xlsx as an openpyxl workbook that costs what its file holds. Called by `workbook`.

openpyxl makes a cell for every place of a merged range and of a range with a link: of a file of 5 kB these can be
billions. Here only the cells that stand in the file are made; ranges stay ranges.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.relationship import RelationshipList, get_dependents, get_rels_path
from openpyxl.reader.drawings import find_images
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import COMMENTS_NS
from openpyxl.xml.functions import fromstring


def load_own(original: Path, *, data_only: bool = False) -> Workbook:
    """The workbook without what computes or leads outside: conditional formats, links, pivot tables. data_only: results in
    the place of formulas. Raises whatever openpyxl raises for a broken file.
    """
    reader = _Reader(original, keep_links=False, data_only=data_only)
    reader.read()
    workbook: Workbook = reader.wb
    return workbook


def cells_of(sheet: Worksheet) -> Iterator[Cell]:
    """The cells that a sheet has; to iterate over its rows would make those between them."""
    return iter(list(sheet._cells.values()))


def merge(sheet: Worksheet, addresses: Iterable[str]) -> None:
    """Merge ranges of a sheet; what stands in them stays, and no cells are made."""
    sheet.merged_cells = MultiCellRange([CellRange(address) for address in addresses])


class ShownPlaces:
    """Which place of a sheet shows what stands at another one: the first of its merged range, else itself."""

    def __init__(self, sheet: Worksheet) -> None:
        bounds = [one.bounds for one in sheet.merged_cells.ranges]
        self._left, self._top, self._right, self._bottom = np.array(bounds, dtype=np.int64).reshape(-1, 4).T

    def of(self, row: int, column: int) -> tuple[int, int]:
        """Row and column of the place that shows what stands at these."""
        inside = (self._top <= row) & (row <= self._bottom) & (self._left <= column) & (column <= self._right)
        found = np.flatnonzero(inside)
        return (int(self._top[found[0]]), int(self._left[found[0]])) if len(found) else (row, column)

    def in_range(self, address: str, most: int) -> Iterator[tuple[int, int]]:
        """The first places of a range, row by row, that show something of their own; its first one by what shows it."""
        left, top, right, bottom = range_boundaries(address)
        width = right - left + 1
        for number in range(min(most, width * (bottom - top + 1))):
            place = (top + number // width, left + number % width)
            shown = self.of(*place)
            if number == 0 or shown == place:
                yield shown


class _Sheet(WorksheetReader):
    """Reads one sheet: its ranges as ranges, without conditional formats and links."""

    def bind_all(self) -> None:
        self.bind_cells()
        if self.parser.merged_cells:
            merge(self.ws, (one.ref for one in self.parser.merged_cells.mergeCell))
        self.bind_col_dimensions()
        self.bind_row_dimensions()
        self.bind_tables()
        self.bind_properties()


class _Reader(ExcelReader):
    """Reads a workbook as openpyxl does, each sheet by `_Sheet`."""

    def read_worksheets(self) -> None:
        for sheet, rel in self.parser.find_sheets():
            if rel.target not in self.valid_files:
                continue
            if "chartsheet" in rel.Type:
                self.read_chartsheet(sheet, rel)
                continue
            self._read_worksheet(sheet, rel.target)

    def _read_worksheet(self, sheet: Any, target: str) -> None:
        rels_path = get_rels_path(target)
        rels = get_dependents(self.archive, rels_path) if rels_path in self.valid_files else RelationshipList()
        worksheet = self.wb.create_sheet(sheet.name)
        worksheet._rels = rels
        with self.archive.open(target) as source:
            parts = _Sheet(worksheet, source, self.shared_strings, self.data_only, self.rich_text)
            parts.bind_all()
        shown = ShownPlaces(worksheet)
        for rel in rels.find(COMMENTS_NS):
            for address, comment in CommentSheet.from_tree(fromstring(self.archive.read(rel.target))).comments:
                left, top, right, bottom = range_boundaries(address)
                if (top, left) == (bottom, right) and shown.of(top, left) == (top, left):
                    worksheet.cell(top, left).comment = comment
        worksheet.legacy_drawing = None
        for table in (Table.from_tree(fromstring(self.archive.read(one))) for one in parts.tables):
            if table.tableColumns:
                worksheet.add_table(table)
        for rel in rels.find(SpreadsheetDrawing._rel_type):
            charts, images = find_images(self.archive, rel.target)
            for chart in charts:
                worksheet.add_chart(chart, chart.anchor)
            for image in images:
                worksheet.add_image(image, image.anchor)
        worksheet.sheet_state = sheet.state
