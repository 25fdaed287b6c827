"""The habits of an office: every choice that a sheet of the same figures leaves open."""

import random
from dataclasses import dataclass, fields, replace
from typing import Any

from tests.support.other_layouts.files import IS_TEXT, KINDS

CHOICES: dict[str, tuple[Any, ...]] = {  # the first of each is the printed template's
    "kind": KINDS,
    "above": ("title", "title and submitter", "form", "nothing"),
    "period_in": ("title", "file", "column", "line"),
    "period_words": tuple(range(8)),
    "headings": ("printed", "synonyms", "numbered", "spaced", "starred"),
    "unit_in": ("brackets", "half brackets", "line below", "slash", "square", "row", "above", "not at all"),
    "measure_units": ("own", "other", "large"),
    "numbers": (
        "number",
        "text",
        "thousands",
        "full width",
        "trailing blank",
        "with unit",
        "with a large unit",
        "two decimals",
        "Chinese",
    ),
    "percents": ("number", "sign", "format", "one decimal more"),
    "nothing": (None, "—", "/", "-", "无"),
    "places": (
        "code and name",
        "name",
        "code",
        "code as number",
        "name with district",
        "name and village code",
        "old",
        "short name",
    ),
    "dates": ("date", "written", "dots", "dashes", "compact", "long", "serial"),
    "codes": ("listed", "other", "blanks"),
    "projects": ("A1-01", "A1-1", "full width", "dash", "lower"),
    "order": ("printed", "shuffled"),
    "extra": (
        (),
        ("序号",),
        ("备注",),
        ("序号", "备注"),
        ("联系人", "备注"),
        ("序号", "审核意见", "是否变化"),
    ),
    "groups": ("none", "common beginning", "over all", "three rows"),
    "shift": ((0, 0), (0, 1), (1, 0), (2, 3), (5, 2)),
    "spacer": (False, True),
    "joined": (False, True),
    "serials": ("running", "with gaps"),
    "inside": ("nothing", "blank rows", "heading again", "page breaks", "title again"),
    "halves": (False, True),
    "totals": ("none", "bottom", "top", "with subtotals", "spaced", "district", "in the first column"),
    "below": ("nothing", "notes", "signatures", "spread signatures", "stamp and date"),
    "beneath": ("nothing", "contacts", "titled contacts", "instructions", "numbered instructions"),
    "hidden": ("nothing", "rows", "columns", "own columns"),
    "sheets": ("one", "by period", "by township"),
    "beside": ("nothing", "empty", "hidden draft", "instructions", "code table"),
    "is_1904": (False, True),
    "file_name": ("plain", "copy", "dated", "final"),
}
HIDDEN = {
    "rows": "reading.hidden_rows",
    "columns": "reading.hidden_columns",
}  # what is hidden -> the warning that says so


@dataclass(frozen=True)
class Layout:
    """One office's way: a value of CHOICES for each. seed: of what is drawn beyond them (synonyms, orders)."""

    seed: int = 0
    kind: str = "xlsx"
    above: str = "title"
    period_in: str = "title"
    period_words: int = 0
    headings: str = "printed"
    unit_in: str = "brackets"
    measure_units: str = "own"
    numbers: str = "number"
    percents: str = "number"
    nothing: str | None = None
    places: str = "code and name"
    dates: str = "date"
    codes: str = "listed"
    projects: str = "A1-01"
    order: str = "printed"
    extra: tuple[str, ...] = ()
    groups: str = "none"
    shift: tuple[int, int] = (0, 0)
    spacer: bool = False
    joined: bool = False
    serials: str = "running"
    inside: str = "nothing"
    halves: bool = False
    totals: str = "none"
    below: str = "nothing"
    beneath: str = "nothing"
    hidden: str = "nothing"
    sheets: str = "one"
    beside: str = "nothing"
    is_1904: bool = False
    file_name: str = "plain"

    @property
    def is_text(self) -> bool:
        """Whether the format keeps neither formats nor merged ranges, nor more than one sheet."""
        return self.kind in IS_TEXT

    def differs(self) -> dict[str, Any]:
        """The choices that are not the template's, for messages of tests."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


USUAL = Layout()
OFFICES: dict[str, Layout] = {
    "shifted": replace(
        USUAL, shift=(5, 2), above="title and submitter", extra=("序号", "备注"), below="signatures", totals="bottom"
    ),
    "units in a row": replace(
        USUAL, unit_in="row", headings="synonyms", places="name", totals="spaced", below="notes", file_name="final"
    ),
    "other units": replace(
        USUAL, measure_units="other", unit_in="line below", numbers="thousands", order="shuffled", above="form"
    ),
    "typed": replace(
        USUAL,
        numbers="full width",
        percents="sign",
        dates="written",
        projects="full width",
        places="name with district",
        codes="blanks",
        period_words=2,
        unit_in="half brackets",
        nothing="—",
    ),
    "csv of a database": replace(
        USUAL,
        kind="csv-gbk",
        above="nothing",
        period_in="column",
        numbers="text",
        dates="dashes",
        places="code",
        headings="synonyms",
    ),
    "csv of a workbook": replace(
        USUAL,
        kind="csv-bom",
        groups="common beginning",
        totals="with subtotals",
        below="spread signatures",
        extra=("备注",),
        numbers="thousands",
        period_in="line",
        above="form",
    ),
    "old workbook": replace(
        USUAL,
        kind="xls",
        numbers="trailing blank",
        places="code as number",
        period_in="file",
        headings="spaced",
        totals="top",
        beside="hidden draft",
        inside="blank rows",
        joined=True,
    ),
    "grouped": replace(
        USUAL,
        groups="three rows",
        unit_in="square",
        order="shuffled",
        spacer=True,
        totals="district",
        beside="instructions",
        inside="page breaks",
        period_words=5,
    ),
    "sheet by sheet": replace(
        USUAL,
        sheets="by township",
        joined=True,
        headings="starred",
        below="stamp and date",
        places="name",
        unit_in="slash",
        beside="code table",
    ),
    "of a Mac": replace(
        USUAL,
        is_1904=True,
        dates="date",
        percents="format",
        groups="over all",
        unit_in="above",
        totals="bottom",
        extra=("序号",),
        period_words=4,
    ),
    "zipped": replace(
        USUAL,
        kind="csv-zip",
        period_in="column",
        period_words=3,
        places="old",
        headings="numbered",
        numbers="with unit",
        dates="dots",
        below="notes",
        projects="dash",
    ),
    "utf-16": replace(
        USUAL,
        kind="csv-utf16",
        unit_in="above",
        measure_units="other",
        percents="sign",
        dates="compact",
        codes="other",
        order="shuffled",
        above="form",
        nothing="/",
    ),
    "printed in halves": replace(
        USUAL,
        halves=True,
        totals="with subtotals",
        extra=("序号", "备注"),
        above="title and submitter",
        unit_in="above",
        groups="common beginning",
        below="notes",
    ),
    "halves of a csv": replace(
        USUAL, kind="csv-gbk", halves=True, totals="bottom", numbers="thousands", unit_in="row", below="signatures"
    ),
    "in two blocks": replace(
        USUAL,
        inside="title again",
        above="title and submitter",
        unit_in="above",
        totals="bottom",
        groups="common beginning",
        below="signatures",
        beneath="titled contacts",
        period_in="line",
    ),
    "other tables beneath": replace(
        USUAL,
        extra=("序号",),
        serials="with gaps",
        places="name",
        totals="top",
        below="notes",
        beneath="contacts",
        shift=(1, 0),
    ),
    "explained": replace(
        USUAL, kind="csv-bom", joined=True, totals="bottom", beneath="instructions", numbers="text", places="code"
    ),
    "filtered": replace(
        USUAL, hidden="rows", totals="bottom", extra=("序号", "备注"), beneath="numbered instructions", joined=True
    ),
    "filtered in an old workbook": replace(USUAL, kind="xls", hidden="rows", unit_in="slash", halves=True),
    "columns hidden": replace(USUAL, hidden="columns", groups="over all"),
    "own columns hidden": replace(
        USUAL, kind="xls", hidden="own columns", extra=("序号", "审核意见", "是否变化"), spacer=True
    ),
    "large units": replace(USUAL, measure_units="large", unit_in="row", totals="bottom"),
    "large units above": replace(USUAL, measure_units="large", unit_in="above", above="form", numbers="text"),
    "large units in the cells": replace(USUAL, numbers="with a large unit", totals="top"),
}


def drawn(seed: int) -> Layout:
    """A layout at random: every choice drawn by itself."""
    rng = random.Random(seed)
    return Layout(seed=seed, **{name: rng.choice(choices) for name, choices in CHOICES.items()})
