"""The cover of a workbook: the sheet before its tables that has a title, the period and who reports, and no figures. Called by
`table`.
"""

import re
from collections.abc import Collection, Iterable

from contracts import Contract
from ingestion.normalize.report_period import period_line, sheet_period
from ingestion.normalize.sheet_metadata import LocatedText, read_metadata
from ingestion.readers.cells import RawSheet

COVER_NAME = re.compile(r"封面|封皮|首页|扉页|cover", re.IGNORECASE)
MOST_LINES = 15  # of a cover: more is a page of instructions
LONGEST_LINE = 40  # letters of a line: longer is a sentence
SENTENCE = re.compile(r"[。；;！!？?]")


def cover_of(sheets: Iterable[RawSheet], read: Collection[str | None], contract: Contract) -> LocatedText | None:
    """What the cover says of the period: all its titles and lines of the period, at the cell of the first. None where no sheet
    is one or says anything of a period. sheets: the visible ones; read: names of those whose tables are read.
    """
    for number, sheet in enumerate(one for one in sheets if one.rows):
        if sheet.name in read:
            return None
        if is_cover(sheet, is_first=number == 0):
            metadata = read_metadata(list(sheet.rows), [], "")
            found = sheet_period(metadata, contract, None, "")
            if found.period or found.year or found.part:
                line = period_line(metadata, contract)
                said = [*([line] if line else []), *metadata.titles]
                return LocatedText(" ".join(one.text for one in said), found.cell, sheet.name)
    return None


def is_cover(sheet: RawSheet, is_first: bool) -> bool:
    """Whether a sheet without a table of the report is its cover: it is called so or is the first, and has a few short texts
    only.
    """
    texts = [value for row in sheet.rows for value in row.values if value is not None]
    return (
        (is_first or COVER_NAME.search(sheet.name or "") is not None)
        and len(sheet.rows) <= MOST_LINES
        and all(isinstance(one, str) and len(one) <= LONGEST_LINE and not SENTENCE.search(one) for one in texts)
    )
