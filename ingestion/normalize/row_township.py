"""The township of each data row: by its code and name columns, else the one that the lines, the title, the sheet or the
file name. Called by `row_parser`.
"""

from dataclasses import replace
from typing import Any

from contracts import Contract
from contracts.places import Place
from contracts.text import value_text
from ingestion.normalize.columns import Column
from ingestion.normalize.normalization_log import SheetLog
from ingestion.normalize.rows import Cells
from ingestion.normalize.sheet_metadata import SheetMetadata, township_keys
from ingestion.normalize.townships import (
    LOOSE_NAMES,
    NamedTownship,
    WrittenPlace,
    conversion_of_township,
    township_in,
    township_of,
    written_code,
    written_name,
    written_together,
)
from ingestion.readers.cells import RawRow, a1

NOTHING = WrittenPlace()


class RowTownships:
    """Reads the township of each row of a table.

    field: name of the contract's township field, None where it has none. of_sheet: code and name of the one township whom
    the sheet is from, None where the rows name theirs or nothing does.
    """

    def __init__(
        self,
        contract: Contract,
        columns: list[Column],
        metadata: SheetMetadata,
        sheet: str | None,
        file_name: str,
        log: SheetLog,
    ) -> None:
        self.field = next((name for name, field in contract.fields.items() if field.type == "township"), None)
        self._columns = [column for column in columns if column.field.type == "township"]
        self._log = log
        self.of_sheet = None
        if self.field and not self._columns:
            self.of_sheet = _of_sheet(contract, metadata, sheet, file_name)

    def of_row(self, row: RawRow, cells: Cells) -> NamedTownship:
        """The row's township; cell: where it stands, or where it should."""
        field, empty = str(self.field), None
        code, name = self.of_sheet or (NOTHING, NOTHING)
        for column in self._columns:
            value, where = cells.value(row, column.number), a1(row.no, column.number)
            if both := written_together(value, where):
                written, name = both
                code = written if code.text is None else code
                self._note(where, field, value, written.place)
                continue
            if column.target.role == "name":
                written = name = written_name(value, where, column.shown not in LOOSE_NAMES)
            else:
                written = code = written_code(value, where)
            if written.text is None:
                empty = empty or where
            else:
                self._note(where, field, value, written.place)
        named = township_of(field, code, name)
        return named if named.cell or not empty else replace(named, cell=empty)

    def _note(self, where: str, field: str, value: Any, place: Place | None) -> None:
        """Logs a township that is written otherwise than by its code or name of today."""
        if place and (kind := conversion_of_township(value_text(value, "typed"), place)):
            self._log.note(where, field, kind, value, place.township_code)


def _of_sheet(
    contract: Contract, metadata: SheetMetadata, sheet: str | None, file_name: str
) -> tuple[WrittenPlace, WrittenPlace] | None:
    """Code and name of the one township whom the sheet is from: by its lines, else its title, its own or the file's
    name.
    """
    codes, names = (metadata.first(keys) for keys in township_keys(contract))
    code = written_code(codes.text, codes.cell) if codes else NOTHING
    name = written_name(names.text, names.cell) if names else NOTHING
    if name.place is None:
        name = NOTHING
    if code.text or name.text:
        return code, name
    for text, cell in (*((title.text, title.cell) for title in metadata.titles), (sheet, None), (file_name, None)):
        if found := township_in(text or ""):
            return NOTHING, WrittenPlace(found.written_as, cell, found)
    return None
