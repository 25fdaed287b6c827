"""The normalization log of a submission: what was read otherwise than it is written. Of a sheet an entry for each converted
cell, and one for each column that was converted as a whole; of a layer an entry for each way in which an attribute is
written otherwise, and one for its position. Filled by `row_parser` and `layer_values`; entries are
`contracts.normalization_log.Conversion`, and their kinds are decided beside the parsers (`numbers`, `dates`, `values`,
`townships`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from contracts import FieldSpec, code_lists
from contracts.model import MeasureUnit
from contracts.normalization_log import GEOMETRY, Conversion
from contracts.places import Place
from contracts.text import value_text
from ingestion.normalize.columns import Column
from ingestion.normalize.converted_value import ConvertedValue
from ingestion.normalize.numbers import canonical_unit
from ingestion.normalize.townships import conversion_of_township
from ingestion.readers.cells import a1

if TYPE_CHECKING:
    from ingestion.normalize.layer_position import PlacedLayer
    from ingestion.normalize.layer_values import DistinctValues
    from ingestion.readers.layer import RawLayer

SCHEMA = pa.schema([(one.name, pa.int64() if one.type is int else pa.string()) for one in fields(Conversion)])
AT_ONCE = 8192  # entries that are Python objects at the same time, before they go into Arrow columns
IN_TEXT_FILES = frozenset({"text_number", "text_date"})
"""Kinds that are plain typing where all values are text, as in a CSV."""
NONE = -1


def factor_between(written_in: MeasureUnit, stored_in: MeasureUnit) -> str:
    """By what a figure is multiplied or divided, exact: ÷15, ×10000, ×2÷3."""
    factor = Fraction(written_in.factor) / Fraction(stored_in.factor)
    times = f"×{factor.numerator}" if factor.numerator != 1 or factor.denominator == 1 else ""
    return times + (f"÷{factor.denominator}" if factor.denominator != 1 else "")


def count_by_kind(conversions: pa.Table) -> dict[str, int]:
    """How many values were converted, by kind."""
    counted = conversions.group_by("kind").aggregate([("cells", "sum")]).to_pylist()
    return {str(row["kind"]): int(row["cells_sum"]) for row in sorted(counted, key=lambda row: str(row["kind"]))}


def empty_log() -> pa.Table:
    """A log without entries."""
    return SCHEMA.empty_table()


def _columnar(entries: list[tuple[Any, ...]]) -> pa.Table:
    """Entries, each with the values of a `Conversion`, as a log."""
    if not entries:
        return empty_log()
    return pa.table(
        [pa.array(values, kind) for values, kind in zip(zip(*entries, strict=True), SCHEMA.types, strict=True)],
        schema=SCHEMA,
    )


def _stored(value: Any, field: FieldSpec) -> str:
    """A converted value in words: of yes and no, the list's."""
    if isinstance(value, bool) and field.list:
        return list(code_lists()[field.list].values)[0 if value else 1]
    return value_text(value)


def _written(value: Any, kind: str) -> str:
    """A value as it stands; a number that the sheet shows as a percentage, with its sign."""
    if kind == "percent" and not isinstance(value, str):
        return f"{value_text(value * 100, 'message')}%"
    return value_text(value, "typed")


def _unit_of_column(field: FieldSpec, written_in: MeasureUnit, own: MeasureUnit) -> tuple[str, str, str, str]:
    """Of an entry on a whole column or attribute: field, kind, and the units as what is written and taken."""
    return field.name, "unit_of_column", written_in.zh, f"{own.zh}（{factor_between(written_in, own)}）"


@dataclass(slots=True)
class RowRange:
    """Rows of a converted column: the first, the last and how many."""

    first: int
    last: int
    cells: int = 0


class SheetLog:
    """The log of one table of a sheet. Entries go into Arrow columns by and by, for a sheet may have a million of them.

    converted: numbers of the columns that are converted as a whole.
    """

    def __init__(self, sheet: str | None, columns: list[Column]) -> None:
        self._sheet = sheet
        self._ranges: dict[int, RowRange] = {}
        self._columns = {
            column.number: column
            for column in columns
            if column.measure_unit
            and (own := canonical_unit(column.field))
            and column.measure_unit != own
            and column.measure_unit.kind == own.kind
        }
        self._entries: list[tuple[Any, ...]] = []
        self._parts: list[pa.Table] = []
        self.converted = frozenset(self._columns)

    def take(self, row: int, column: Column, value: Any, converted: ConvertedValue) -> None:
        """A cell whose value was converted, or that stands in a converted column."""
        if converted.conversion:
            stored = _stored(converted.value, column.field)
            self.note(a1(row, column.number), column.field.name, converted.conversion, value, stored)
        elif converted.value is not None:
            rows = self._ranges.setdefault(column.number, RowRange(row, row))
            rows.last, rows.cells = row, rows.cells + 1

    def note(self, cell: str, field: str, kind: str, written: Any, taken: str) -> None:
        """An entry. written: the raw value; taken: what it is stored as."""
        if self._sheet is None and kind in IN_TEXT_FILES:
            return
        self._entries.append((self._sheet, cell, field, kind, _written(written, kind), taken, 1, None))
        if len(self._entries) >= AT_ONCE:
            self._flush()

    def table(self) -> pa.Table:
        """All entries, the columns' first."""
        self._flush()
        whole = [self._of_column(self._columns[number], rows) for number, rows in sorted(self._ranges.items())]
        return pa.concat_tables([_columnar(whole), *self._parts])

    def _of_column(self, column: Column, rows: RowRange) -> tuple[Any, ...]:
        measure_unit, own = column.measure_unit, canonical_unit(column.field)
        assert measure_unit and own  # else the column is none of the converted
        where = a1(rows.first, column.number) + (f":{a1(rows.last, column.number)}" if rows.last != rows.first else "")
        return self._sheet, where, *_unit_of_column(column.field, measure_unit, own), rows.cells, None

    def _flush(self) -> None:
        if self._entries:
            self._parts.append(_columnar(self._entries))
            self._entries = []


class LayerLog:
    """The log of one layer, filled attribute by attribute. Alike features are counted, never visited one by one: there may
    be a million.

    A part of the log is entries without their features, and the numbers of these from 0.
    """

    def __init__(self, raw: "RawLayer") -> None:
        self._raw = raw
        self._parts: list[tuple[pa.Table, pa.Array]] = []
        self._whole: list[tuple[Any, ...]] = []

    def take_unit(self, attribute: str, field: FieldSpec, measure_unit: MeasureUnit | None, count: int) -> None:
        """The unit that an attribute's name says. count: of its values; where it is the field's own nothing is converted."""
        own = canonical_unit(field)
        if own and measure_unit and own != measure_unit and own.kind == measure_unit.kind and count:
            self._whole.append((self._raw.name, attribute, *_unit_of_column(field, measure_unit, own), count, None))

    def take(
        self,
        attribute: str,
        field: FieldSpec,
        distinct: "DistinctValues",
        stored: Sequence[Any],
        kinds: Sequence[str | None],
    ) -> None:
        """Conversions of an attribute. stored, kinds: of each distinct value, as what it is stored and how it was
        converted, if it was.
        """
        self._aggregate(attribute, field, distinct.values, stored, kinds, distinct.at.to_numpy(zero_copy_only=False))

    def take_townships(
        self,
        attribute: str,
        field: FieldSpec,
        distinct: "DistinctValues",
        places: Sequence[Place | None],
        stored: pa.Array,
    ) -> None:
        """Townships that an attribute writes otherwise. places: that each distinct value names.

        stored: of each feature; where it is another than this attribute's, the two that name it disagree, which is a
        finding.
        """
        codes = [place and place.township_code for place in places]
        kinds = [
            conversion_of_township(value_text(value, "typed"), place) if place else None
            for value, place in zip(distinct.values, places, strict=True)
        ]
        is_stored = pc.fill_null(pc.equal(stored, pa.array(codes, pa.string()).take(distinct.at)), False)
        at = np.where(is_stored.to_numpy(zero_copy_only=False), distinct.at.to_numpy(zero_copy_only=False), NONE)
        self._aggregate(attribute, field, distinct.values, codes, kinds, at)

    def table(self, placed: "PlacedLayer", features: pa.Array) -> pa.Table:
        """All entries, the position's first. features: id of each, null where it has none."""
        parts = [empty_log()]
        if placed.converted and (count := placed.count):
            parts.append(_columnar([(self._raw.name, None, GEOMETRY, "reprojected", *placed.converted, count, None)]))
        parts.append(_columnar(self._whole))
        for entries, rows in self._parts:
            ids = pc.coalesce(features.take(rows), pc.add(rows, 1).cast(pa.string()))
            parts.append(entries.set_column(entries.schema.get_field_index("feature"), "feature", ids))
        return pa.concat_tables(parts)

    def _aggregate(
        self,
        attribute: str,
        field: FieldSpec,
        values: Sequence[Any],
        stored: Sequence[Any],
        kinds: Sequence[str | None],
        at: NDArray[np.integer[Any]],
    ) -> None:
        """Entries of an attribute in the order of their first features. at: of each feature, the place of its value, or
        NONE.
        """
        plain, of_type = self._plain_kinds(attribute), dict[str, int]()
        entry_of = np.full(len(values) + 1, NONE)  # the last, at NONE, is that of no value
        for number, kind in enumerate(kinds):
            if kind and kind not in plain:
                entry_of[number] = of_type.setdefault(kind, number) if kind in IN_TEXT_FILES else number
        entries = entry_of[at]
        rows = np.flatnonzero(entries != NONE)
        _, first, count = np.unique(entries[rows], return_index=True, return_counts=True)
        order = np.argsort(first)
        rows, count = rows[first[order]], count[order]
        place = self._raw.name, attribute, field.name
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            made = [
                (
                    *place,
                    kinds[number],
                    value_text(values[number], "typed"),
                    _stored(stored[number], field),
                    cells,
                    None,
                )
                for number, cells in zip(at[some].tolist(), count[start : start + AT_ONCE].tolist(), strict=True)
            ]
            self._parts.append((_columnar(made), pa.array(some)))

    def _plain_kinds(self, attribute: str) -> frozenset[str]:
        """Kinds that are plain typing in an attribute: all is text where values of different types stand in JSON, and
        JSON has no dates.
        """
        if isinstance(self._raw.attributes.schema.field(attribute).type, pa.BaseExtensionType):
            return IN_TEXT_FILES
        return frozenset() if self._raw.has_dates else frozenset({"text_date"})
