"""The log of repairs of one sheet: an entry a repaired cell, and one for each column that was converted as a whole."""

from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa

from contracts import FieldSpec, code_lists
from contracts.findings import shown as figure
from contracts.normalization_log import Conversion
from ingestion.normalize.columns import Column, canonical_unit
from ingestion.normalize.conversion_kinds import IN_TEXT_FILES, factor_between
from ingestion.normalize.values import Converted, as_typed, shown
from ingestion.readers.cells import a1

SCHEMA = pa.schema([(one.name, pa.int64() if one.type is int else pa.string()) for one in fields(Conversion)])
AT_ONCE = 8192


@dataclass(slots=True)
class Span:
    """Rows of a converted column: the first, the last and how many."""

    first: int
    last: int
    cells: int = 0


class NormalizationLog:
    """Takes repairs as rows are read; entries go into Arrow columns at once, for a sheet may have a million of them."""

    def __init__(self, sheet: str | None, columns: list[Column]) -> None:
        self._sheet = sheet
        self._spans: dict[int, Span] = {}
        self._converted = {
            column.number: column
            for column in columns
            if column.measure_unit
            and (own := canonical_unit(column.field))
            and column.measure_unit != own
            and column.measure_unit.kind == own.kind
        }
        self._entries: list[tuple[Any, ...]] = []
        self._parts: list[pa.Table] = []
        self.converted = frozenset(self._converted)

    def take(self, row: int, column: Column, value: Any, converted: Converted) -> None:
        """A cell whose value was repaired, or that stands in a converted column."""
        if converted.conversion:
            self.note(
                a1(row, column.number),
                column.field.name,
                converted.conversion,
                value,
                as_stored(converted.value, column.field),
            )
        elif converted.value is not None:
            span = self._spans.setdefault(column.number, Span(row, row))
            span.last, span.cells = row, span.cells + 1

    def note(self, cell: str, field: str, kind: str, written: Any, taken: str) -> None:
        """An entry. written: the raw value."""
        if self._sheet is None and kind in IN_TEXT_FILES:
            return
        self._entries.append((self._sheet, cell, field, kind, _written(written, kind), taken, 1, None))
        if len(self._entries) >= AT_ONCE:
            self._flush()

    def table(self) -> pa.Table:
        """All entries, the columns' first."""
        self._flush()
        whole = [self._of_column(self._converted[number], span) for number, span in sorted(self._spans.items())]
        return pa.concat_tables([columnar(whole), *self._parts])

    def _of_column(self, column: Column, span: Span) -> tuple[Any, ...]:
        measure_unit, own = column.measure_unit, canonical_unit(column.field)
        assert measure_unit and own  # else the column is none of the converted
        where = a1(span.first, column.number) + (f":{a1(span.last, column.number)}" if span.last != span.first else "")
        taken = f"{own.zh}（{factor_between(measure_unit, own)}）"
        return self._sheet, where, column.field.name, "unit_of_column", measure_unit.zh, taken, span.cells, None

    def _flush(self) -> None:
        if self._entries:
            self._parts.append(columnar(self._entries))
            self._entries = []


def no_conversions() -> pa.Table:
    """A log without entries."""
    return SCHEMA.empty_table()


def columnar(entries: list[tuple[Any, ...]]) -> pa.Table:
    """Entries, each with the values of a `Conversion`, as a log."""
    if not entries:
        return no_conversions()
    return pa.table(
        [pa.array(values, kind) for values, kind in zip(zip(*entries, strict=True), SCHEMA.types, strict=True)],
        schema=SCHEMA,
    )


def _written(value: Any, kind: str) -> str:
    return as_typed(value) if kind != "percent" or isinstance(value, str) else f"{figure(value * 100)}%"


def as_stored(value: Any, field: FieldSpec) -> str:
    """A converted value in words: of yes and no, the list's."""
    if isinstance(value, bool) and field.list:
        return list(code_lists()[field.list].values)[0 if value else 1]
    return shown(value)
