"""The cells of a worksheet's XML, looked at in passing: how many and how far apart, which of them are formulas, errors
or percentages, and which rows and columns are hidden.

The XML is searched, not parsed: a parser takes longer for it than the cell reader for all that it reads.
"""

import re
from dataclasses import dataclass, field

from ingestion.readers.cells import position
from ingestion.readers.marks import Range, SheetScan, lengthen

PREFIX = re.compile(rb"<(\w+:)worksheet[ >]")
LONGEST_CELL = 1 << 17
ADDRESS, KIND = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']"""), re.compile(rb"""\bt=["'](\w+)["']""")
ERROR = re.compile(rb""" t=["']e["']""")
HIDDEN = (b' hidden="1"', b' hidden="true"', b" hidden='1'", b" hidden='true'")
LIMITS = re.compile(rb""" (min|max)=["'](\d{1,5})["']""")


@dataclass
class SheetSurvey:
    """Of one sheet. cells: how many; last_row: the highest number; unnumbered: rows without one; widest: the last
    column beyond Z.
    """

    cells: int = 0
    last_row: int = 0
    unnumbered: int = 0
    widest: bytes | None = None
    without_value: set[tuple[int, int]] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[Range] = field(default_factory=list)
    hidden_columns: list[Range] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.last_row + self.unnumbered

    def marks(self, is_1904: bool) -> SheetScan:
        return SheetScan(
            frozenset(self.without_value),
            frozenset(self.percent),
            self.errors,
            is_1904,
            tuple(self.hidden_rows),
            tuple(self.hidden_columns),
        )


def last_column(letters: list[bytes], before: bytes | None) -> bytes | None:
    """The rightmost of some columns by their letters."""
    return max([*set(letters), *([before] if before else ())], key=lambda one: (len(one), one), default=None)


class _Columns(dict[bytes, int]):
    """Numbers of columns by their letters."""

    def __missing__(self, letters: bytes) -> int:
        self[letters] = position(f"{letters.decode()}1")[1]
        return self[letters]


_COLUMNS = _Columns()


class CellTags:
    """What to look for in a sheet.

    head: the beginning of the part, which shows the prefix of its elements; percent_styles: indices of the cell styles
    that show a percent sign.
    """

    def __init__(self, head: bytes, percent_styles: frozenset[str]) -> None:
        found = PREFIX.search(head)
        prefix = {b"p": found[1] if found else b"", b"s": b"|".join(sorted(style.encode() for style in percent_styles))}
        self.cell, self._bare_cell, self._cell_end = (tag % prefix for tag in (b"<%(p)sc ", b"<%(p)sc>", b"</%(p)sc>"))
        (
            self.column,
            self._far_column,
            self._row,
            self._hidden_row,
            self._hidden_column,
            self._formula,
            self._value,
            self._usual,
            self._usual_percent,
            *self._without_value,
        ) = (
            re.compile(pattern % prefix)
            for pattern in (
                rb"""<%(p)sc r=["']([A-Z]+)""",
                rb"""<%(p)sc r=["']([A-Z]{2,})""",
                rb"""<%(p)srow(?: (?:[^>]*? )?r=["'](\d{1,9})["']|[ />])""",
                rb"""<%(p)srow(?=[^<>]* hidden=["'](?:1|true)["'])[^<>]*? r=["'](\d{1,9})["']""",
                rb"""<%(p)scol(?=[^<>]* hidden=["'](?:1|true)["'])([^<>]*)>""",
                rb"<%(p)sf[ >/]",
                rb"<%(p)sv(?: [^>]*)?>([^<]+)",
                # a cell as the usual programs write it: address, style, kind, formula, value; and a number shown as
                # percent
                rb'<%(p)sc r="([A-Z]{1,3})([0-9]{1,7})"(?: s="(\d+)")?(?: t="(\w+)")?>(<%(p)sf(?: [^>]*)?(?:/>|>[^<]*</%(p)sf>))?'
                rb"(?:<%(p)sv>([^<]*)</%(p)sv>|<%(p)sv ?/>)?</%(p)sc>",
                rb'<%(p)sc r="([A-Z]{1,3})([0-9]{1,7})" s="(?:%(s)s)"(?: t="n")?>(?:<%(p)sf>[^<]*</%(p)sf>)?<%(p)sv>[^<]',
                # the end of a formula that no value follows at once
                rb"</%(p)sf>(?!<%(p)sv>[^<])",
                rb"<%(p)sf(?: [^>]*)?/>(?!<%(p)sv>[^<])",
            )
        )
        self._styles = frozenset(style.encode() for style in percent_styles)
        self._style = (
            re.compile(rb""" s=["'](?:%s)["']""" % b"|".join(sorted(self._styles))) if percent_styles else None
        )

    def take(self, chunk: bytes, survey: SheetSurvey) -> None:
        """Adds a piece of the part, which begins and ends between cells, to what was seen of the sheet."""
        numbers = self._row.findall(chunk)
        survey.cells += chunk.count(self.cell) + chunk.count(self._bare_cell)
        survey.last_row = max([survey.last_row, *(int(number or 0) for number in numbers)])
        survey.unnumbered += numbers.count(b"")
        survey.widest = last_column(self._far_column.findall(chunk), survey.widest)
        if any(sign in chunk for sign in HIDDEN):
            self._take_hidden(chunk, survey)
        hints = [*self._without_value, ERROR]
        if self._style:
            # each is looked at by itself only where they are not all of the usual kind
            usual_percent = self._usual_percent.findall(chunk)
            if len(usual_percent) == len(self._style.findall(chunk)):
                survey.percent.update([(int(row), _COLUMNS[letters]) for letters, row in usual_percent])
            else:
                hints.append(self._style)
        self._look_at(chunk, hints, survey)

    def _take_hidden(self, chunk: bytes, survey: SheetSurvey) -> None:
        for number in self._hidden_row.findall(chunk):
            lengthen(survey.hidden_rows, int(number))
        for attributes in self._hidden_column.findall(chunk):
            limits = {name: int(number) for name, number in LIMITS.findall(attributes)}
            if b"min" in limits:
                survey.hidden_columns.append((limits[b"min"], limits.get(b"max", limits[b"min"])))

    def _look_at(self, chunk: bytes, hints: list[re.Pattern[bytes]], survey: SheetSurvey) -> None:
        """Marks the cells that the hints are found in."""
        percent, without_value = survey.percent, survey.without_value
        styles, usual, columns = self._styles, self._usual.match, _COLUMNS  # named here for speed
        places = (found.start() for hint in hints for found in hint.finditer(chunk))
        # a hint may begin with the blank that ends `self.cell`
        for start in {chunk.rfind(self.cell, max(0, place - LONGEST_CELL), place + 1) for place in places} - {-1}:
            if not (found := usual(chunk, start)):
                self._mark_unusual(chunk, start, survey)
                continue
            letters, row, style, kind, formula, value = found.groups()
            if not value:
                if formula:
                    without_value.add((int(row), columns[letters]))
            elif style in styles and (kind is None or kind == b"n"):
                percent.add((int(row), columns[letters]))
            elif kind == b"e":
                survey.errors[int(row), columns[letters]] = value.decode("utf-8", "replace")

    def _mark_unusual(self, chunk: bytes, start: int, survey: SheetSurvey) -> None:
        """One cell, however it is written."""
        tag_end = chunk.find(b">", start)
        tag, address = chunk[start:tag_end], ADDRESS.search(chunk, start, tag_end)
        if address is None or tag.endswith(b"/"):
            return
        content = chunk[tag_end + 1 : chunk.find(self._cell_end, tag_end, tag_end + LONGEST_CELL)]
        value, kind = self._value.search(content), KIND.search(tag)
        place = (int(address[2]), _COLUMNS[address[1]])
        if value and kind and kind[1] == b"e":
            survey.errors[place] = value[1].decode("utf-8", "replace")
        elif value and self._style and self._style.search(tag) and (kind is None or kind[1] == b"n"):
            survey.percent.add(place)
        elif not value and self._formula.search(content):
            survey.without_value.add(place)
