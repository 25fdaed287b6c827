"""Sheets that name what is reported in each row (乡镇 | 指标 | 单位 | 数值): read as the sheet with a column for each, with the
addresses that the cells really have. Called by `sheet_tables` where a sheet has no other table, and by `table` for the addresses.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from contracts import Contract
from contracts.reading_record import SheetRecord, ranges_of
from contracts.text import heading_key, value_text
from ingestion.normalize.headers import Known, exact_targets, known_headings, read_heading
from ingestion.normalize.numbers import NotANumber, parse_number, unit_named
from ingestion.normalize.row_labels import names_a_unit
from ingestion.normalize.townships import written_code
from ingestion.readers.cells import Cell, RawRow, RawSheet, a1

LEAST_FIELDS = (
    3  # that the rows of a column name, some of them for several units: fewer may be the names of something else
)
MOST_LABELS = (
    500  # different texts of a column that names fields: as many as the largest dataset has, in some ways of writing
)
PLAIN = 0.8  # of a column's values are of a kind: then that is what it holds
ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]+")


@dataclass(frozen=True)
class _Places:
    """Columns of a sheet that name the fields, give the figures and their units, and tell the units apart; the heading row."""

    label: int
    value: int
    measure_unit: int | None
    keys: tuple[int, ...]
    heading: int

    @property
    def left_out(self) -> tuple[int | None, ...]:
        return self.label, self.value, self.measure_unit


@dataclass
class _Group:
    """The rows of one reporting unit: the first, the one of each label, and the numbers of all."""

    first: RawRow
    by_label: dict[str, RawRow] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)


def widened(sheet: RawSheet, contract: Contract) -> RawSheet | None:
    """A sheet with a column for each field that its rows name; None where they name none."""
    places = _places(sheet.rows, contract) if contract.layout.kind == "table" else None
    if places is None:
        return None
    head = sheet.rows[places.heading]
    groups, others = _groups(sheet.rows[places.heading + 1 :], places)
    width = max(len(row.values) for row in sheet.rows)
    column_of = {
        label: width + number
        for number, label in enumerate(dict.fromkeys(label for group in groups for label in group.by_label), start=1)
    }
    headings, figures = _columns(groups, places, list(column_of))
    rows = [RawRow(head.no, (*_kept(head, places, width), *headings))]
    rows += [
        RawRow(group.first.no, (*_kept(group.first, places, width), *some))
        for group, some in zip(groups, figures, strict=True)
    ]
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    addresses: dict[str, str] = {}
    for group in groups:
        for label, row in group.by_label.items():
            moved[row.no, places.value] = group.first.no, column_of[label]
            addresses[a1(group.first.no, column_of[label])] = a1(row.no, places.value)
            addresses.setdefault(a1(head.no, column_of[label]), a1(row.no, places.label))
    return replace(
        sheet,
        rows=tuple(sorted([*sheet.rows[: places.heading], *rows, *others], key=lambda row: row.no)),
        formula_without_value=_moved(sheet.formula_without_value, moved),
        shown_as_percent=_moved(sheet.shown_as_percent, moved),
        blank_results=_moved(sheet.blank_results, moved),
        shown_otherwise={moved.get(cell, cell): how for cell, how in sheet.shown_otherwise.items()},
        addresses=addresses,
        members={group.first.no: tuple(group.numbers) for group in groups},
    )


def _places(rows: Sequence[RawRow], contract: Contract) -> _Places | None:
    """Where the fields, the figures and the units stand; None where no column names fields, or several may give the figures."""
    known = known_headings(contract)
    width = max((len(row.values) for row in rows), default=0)
    for column, labels in sorted(_labels(rows).items()):
        field_of = {label: name for label in labels if (name := _field_in(label, contract, known))}
        if len(field_of) < LEAST_FIELDS:
            continue
        named = {
            index: field_of[label]
            for index, row in enumerate(rows)
            if isinstance(label := row.at(column), str) and label in field_of
        }
        first = min(named, default=0)
        if first == 0 or not LEAST_FIELDS <= len(set(named.values())) < len(named):
            continue
        head, some = rows[first - 1], [rows[index] for index in named]
        others = [one for one in range(1, width + 1) if one != column and head.at(one) is not None]
        measure_units = [one for one in others if _are(some, one, _is_measure_unit)]
        keys = [
            one
            for one in others
            if one not in measure_units
            and (_field_in(head.at(one), contract, known) or _are(some, one, _is_reporting_unit))
        ]
        left = [one for one in others if one not in (*measure_units, *keys)]
        figures = [one for one in left if _are(some, one, _is_figure) and not _counts(some, one)]
        if keys and len(figures) == 1 and len(measure_units) <= 1:
            return _Places(column, figures[0], next(iter(measure_units), None), tuple(keys), first - 1)
    return None


def _labels(rows: Sequence[RawRow]) -> dict[int, set[str]]:
    """By column, its different texts; no column that has too many of them to be names of fields."""
    found: dict[int, set[str]] = {}
    too_many: set[int] = set()
    for row in rows:
        for column, value in enumerate(row.values, start=1):
            if isinstance(value, str) and column not in too_many:
                texts = found.setdefault(column, set())
                texts.add(value)
                if len(texts) > MOST_LABELS:
                    too_many.add(column)
                    del found[column]
    return found


def _field_in(value: Cell, contract: Contract, known: Known) -> str | None:
    """The field that a cell names as a heading of the contract would."""
    if not isinstance(value, str):
        return None
    targets = exact_targets((read_heading(value).text, heading_key(value)), contract, known)
    return targets[0].field if targets else None


def _are(rows: Sequence[RawRow], column: int, is_one: Callable[[Cell], bool]) -> bool:
    values = [value for row in rows if (value := row.at(column)) is not None]
    return bool(values) and sum(map(is_one, values)) >= PLAIN * len(values)


def _is_measure_unit(value: Cell) -> bool:
    return isinstance(value, str) and unit_named(heading_key(value)) is not None


def _is_reporting_unit(value: Cell) -> bool:
    return value is not None and (names_a_unit(value) or written_code(value).place is not None)


def _is_figure(value: Cell) -> bool:
    try:
        return parse_number(value) is not None
    except NotANumber:
        return False


def _counts(rows: Sequence[RawRow], column: int) -> bool:
    """Whether a column numbers the rows."""
    values = [value_text(row.at(column)) for row in rows]
    return values == [str(number) for number in range(1, len(rows) + 1)]


def _groups(rows: Sequence[RawRow], places: _Places) -> tuple[list[_Group], list[RawRow]]:
    """The rows by reporting unit, in whatever order they stand, and those that say nothing of a field: notes. A key that is blank
    is that of the row above. A label that a unit has already begins another row of it.
    """
    groups: list[_Group] = []
    of_keys: dict[tuple[Cell, ...], _Group] = {}
    others: list[RawRow] = []
    group: _Group | None = None
    for row in rows:
        label, own = row.at(places.label), tuple(row.at(column) for column in places.keys)
        if not isinstance(label, str) or len([value for value in row.values if value is not None]) == 1:
            others.append(row)
            continue
        is_blank = all(value is None for value in own)
        group = group if is_blank else of_keys.get(own)
        if group is None or heading_key(label) in group.by_label:
            group = _Group(row)
            groups.append(group)
            if not is_blank:
                of_keys[own] = group
        group.by_label[heading_key(label)] = row
        group.numbers.append(row.no)
    return groups, others


def _columns(groups: Sequence[_Group], places: _Places, labels: Sequence[str]) -> tuple[list[str], list[list[Cell]]]:
    """The heading of each label's column, with its unit where all rows have the same, and each group's figures; with the unit behind
    them where the rows have different ones, or the label another one.
    """
    headings, columns = [], []
    for label in labels:
        rows = [group.by_label.get(label) for group in groups]
        measure_units = {measure_unit for row in rows if row and (measure_unit := _unit_of(row, places))}
        is_in_heading = len(measure_units) == 1 and read_heading(label).measure_unit is None
        headings.append(f"{label}({next(iter(measure_units))})" if is_in_heading else label)
        columns.append([_figure(row, places, not is_in_heading) if row else None for row in rows])
    return headings, [list(values) for values in zip(*columns, strict=True)]


def _unit_of(row: RawRow, places: _Places) -> str | None:
    value = row.at(places.measure_unit) if places.measure_unit else None
    return heading_key(value) if value is not None else None


def _figure(row: RawRow, places: _Places, with_unit: bool) -> Cell:
    value, measure_unit = row.at(places.value), _unit_of(row, places)
    return f"{value_text(value)}{measure_unit}" if with_unit and measure_unit and value is not None else value


def _kept(row: RawRow, places: _Places, width: int) -> Iterable[Cell]:
    return (None if column in places.left_out else row.at(column) for column in range(1, width + 1))


def _moved(
    cells: Iterable[tuple[int, int]], moved: dict[tuple[int, int], tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    return frozenset(moved.get(cell, cell) for cell in cells)


def address_in_long(sheet: RawSheet) -> Callable[[str], str]:
    """Gives the address in the file of a cell or range of a widened sheet."""
    return lambda address: ADDRESS.sub(lambda found: sheet.addresses.get(found[0], found[0]), address)


def record_in_long(record: SheetRecord, sheet: RawSheet) -> SheetRecord:
    """The reading record of a widened sheet, with every row of the file and the headings' cells there."""
    in_file = address_in_long(sheet)
    kinds = [
        (number, one.kind, one.of)
        for one in record.rows
        for row in range(one.first, one.last + 1)
        for number in sheet.members.get(row, (row,))
    ]
    columns = tuple(replace(one, cell=in_file(one.cell)) for one in record.columns)
    return replace(record, columns=columns, rows=tuple(ranges_of(sorted(kinds, key=lambda kind: kind[0]))))
