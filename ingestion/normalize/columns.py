"""Which column holds which field, and in which unit of measure: from the headings of a table, with what is wrong with
them. Called by `table` for each table of a sheet.
"""

from dataclasses import dataclass, replace

from contracts import Contract, FieldSpec, Finding, code_lists, finding
from contracts.model import MeasureUnit
from contracts.text import heading_key
from ingestion.normalize.column_choice import choose, field_of
from ingestion.normalize.declared_units import Declared, ForeignUnit
from ingestion.normalize.headers import Target
from ingestion.normalize.layout import HeaderCell, TableLayout
from ingestion.normalize.numbers import NotANumber, canonical_unit, decimals, parse_number
from ingestion.normalize.sheet_metadata import SheetMetadata
from ingestion.readers.cells import BESIDE_TEXT, STRUCK, RawRow, position

LISTED_CODES = 5
"""Codes that a message names as examples of a list."""


@dataclass(frozen=True)
class Column:
    """A column that is read. measure_unit: what its numbers are written in; None for a field without one."""

    number: int
    field: FieldSpec
    target: Target
    cell: str
    shown: str
    measure_unit: MeasureUnit | None = None

    @property
    def title(self) -> str:
        """What a message calls the column: the field's title, a class column's own heading."""
        return self.shown if self.target.role == "class" else self.field.zh


def columns_of(
    table: TableLayout,
    contract: Contract,
    data: list[RawRow],
    metadata: SheetMetadata,
    period: str | None = None,
) -> tuple[list[Column], list[Finding]]:
    """Columns of a table with their units. metadata: what stands around the table, for the units that it declares; period:
    the sheet's.

    Findings: headings matched by similarity or by content, groups that contradict the field, two columns for one field,
    unlisted classes, units missing or unknown.
    """
    sheet = table.sheet.name
    chosen, found_in_groups = choose(table, contract, period)
    found = [
        finding(
            "normalize.header_matched",
            sheet=sheet,
            cell=head.cell,
            field=target.field,
            found=head.shown,
            expected=target.matched,
            score=round(target.score),
        )
        for head, target in chosen
        if target.matched
    ]
    found += [
        finding(
            "normalize.column_by_content_odd" if target.odd else "normalize.column_by_content",
            sheet=sheet,
            cell=head.cell,
            field=target.field,
            found=head.shown,
            title=target.title(contract),
        )
        for head, target in chosen
        if target.by == "content"
    ]
    found += [
        finding(
            "reading.shown_otherwise",
            sheet=sheet,
            cell=head.cell,
            field=target.field,
            title=head.shown,
            found=head.shown,
            how=how,
        )
        for head, target in chosen
        if (how := table.sheet.shown_otherwise.get(position(head.cell))) and how.startswith((STRUCK, BESIDE_TEXT))
    ]
    columns = []
    for head, target in chosen:
        field = field_of(target, contract)
        column = Column(head.column, field, target, head.cell, head.shown)
        if target.role == "class" and not target.known:
            found.append(_unlisted(head, target, contract, sheet))
            continue
        if column.field.is_numeric:
            measure_unit, problems = _measure_unit(
                head, column, table, _named_for(column.field, contract, metadata.measure_units)
            )
            column = replace(column, measure_unit=measure_unit)
            found += problems
        columns.append(column)
    columns, ambiguous = _without_doubles(columns, contract, data, sheet)
    return columns, [*found, *found_in_groups, *ambiguous]


def _unlisted(head: HeaderCell, target: Target, contract: Contract, sheet: str | None) -> Finding:
    """A class that the code list does not have, or whose code and name are of two classes."""
    if target.listed_as is None:
        codes = "、".join(list(code_lists()[str(contract.fields[target.field].list)].values)[:LISTED_CODES]) + "…"
        return finding(
            "normalize.unknown_land_class",
            sheet=sheet,
            cell=head.cell,
            field=target.field,
            found=target.class_code,
            expected=codes,
        )
    return finding(
        "normalize.land_class_mismatch",
        sheet=sheet,
        cell=head.cell,
        field=target.field,
        found=head.shown,
        code=target.class_code,
        expected=target.listed_as,
    )


def _named_for(field: FieldSpec, contract: Contract, named: list[Declared]) -> Declared | None:
    """Which of the units that a sheet names is a field's: its own if it is named, else the one that no other field is
    stored in.
    """
    own = canonical_unit(field)
    if own is None or own in named:
        return own
    others = [canonical_unit(other) for other in contract.fields.values()]
    left = [measure_unit for measure_unit in named if measure_unit.kind == own.kind]
    left = left if len(left) == 1 else [measure_unit for measure_unit in left if measure_unit not in others]
    return left[0] if len(left) == 1 else None


def _measure_unit(
    head: HeaderCell, column: Column, table: TableLayout, named: Declared | None
) -> tuple[MeasureUnit | None, list[Finding]]:
    """The unit a column is written in: its heading's, the unit row's, the sheet's, else the field's own, assumed."""
    own, sheet = canonical_unit(column.field), table.sheet.name
    if own is None:
        return None, []
    in_row = table.unit_row.get(head.column)
    written = head.measure_unit or in_row
    if head.measure_unit and in_row and in_row != head.measure_unit:
        return head.measure_unit, [
            finding(
                "normalize.units_contradict",
                sheet=sheet,
                cell=head.cell,
                field=column.field.name,
                title=column.title,
                found=in_row.zh,
                expected=head.measure_unit.zh,
            )
        ]
    unread = named.zh if isinstance(named, ForeignUnit) and not written else None
    if unread or head.odd_unit or (written and written.kind != own.kind):
        return own, [
            finding(
                "normalize.unit_unknown",
                sheet=sheet,
                cell=head.cell,
                field=column.field.name,
                title=column.title,
                found=head.odd_unit or (written.zh if written else unread),
                expected=own.zh,
            )
        ]
    if written:
        return written, []
    if isinstance(named, MeasureUnit):
        return named, []
    if own.kind in ("percent", "count", "number"):
        return own, []
    return own, [
        finding(
            "normalize.unit_missing",
            sheet=sheet,
            cell=head.cell,
            field=column.field.name,
            title=column.title,
            expected=own.zh,
        )
    ]


def _without_doubles(
    columns: list[Column],
    contract: Contract,
    data: list[RawRow],
    sheet: str | None,
) -> tuple[list[Column], list[Finding]]:
    """One column a field: the name column of the best heading, the first of equal ones; different ones are ambiguous.

    Several period columns (年度 and 季度) are kept: together they name the period.
    """
    kept: dict[tuple[str, str, str | None], Column] = {}
    periods, found = [], []
    for column in columns:
        key = (column.field.name, column.target.role, column.target.class_code)
        if column.field.type == "period":
            periods.append(column)
        elif key not in kept:
            kept[key] = column
        elif column.target.role == "name":
            kept[key] = min(kept[key], column, key=_rank_of_name)
        elif any(_differ(row, kept[key], column) for row in data):
            found.append(
                finding(
                    "normalize.ambiguous_header",
                    sheet=sheet,
                    cell=column.cell,
                    field=column.field.name,
                    title=column.title,
                    found=kept[key].shown,
                    expected=column.shown,
                )
            )
    return sorted([*kept.values(), *periods], key=lambda column: column.number), found


def _rank_of_name(column: Column) -> int:
    """Place of a name column's heading among the field's headings for names: 乡镇 goes before 填报单位."""
    order = [heading_key(heading) for heading in column.field.name_headers]
    return order.index(column.shown) if column.shown in order else len(order)


def _differ(row: RawRow, one: Column, other: Column) -> bool:
    """Whether two columns of a field have different values in a row; figures in two units may differ by their rounding."""
    written = row.at(one.number), row.at(other.number)
    try:
        numbers = [parse_number(value) for value in written]
    except NotANumber:
        return heading_key(written[0]) != heading_key(written[1])
    if numbers[0] is None or numbers[1] is None:
        return numbers[0] is not numbers[1]
    if one.measure_unit == other.measure_unit or one.measure_unit is None or other.measure_unit is None:
        return numbers[0].value != numbers[1].value
    factors = [measure_unit.factor for measure_unit in (one.measure_unit, other.measure_unit)]
    difference = numbers[0].value * factors[0] - numbers[1].value * factors[1]
    rounding = sum(factor / 10 ** decimals(value) / 2 for factor, value in zip(factors, written, strict=True))
    return abs(difference) > rounding


def missing_columns(columns: list[Column], contract: Contract, sheet: str | None, given: set[str]) -> list[Finding]:
    """Required fields without a column. given: fields that the sheet gives elsewhere (the township in the 填报单位
    line).
    """
    present = {column.field.name for column in columns} | given
    if any(column.target.role == "class" for column in columns):
        present.add(str(contract.layout.class_field))
    return [
        finding("normalize.missing_required_column", sheet=sheet, field=name, title=field.zh)
        for name, field in contract.fields.items()
        if field.required and field.type != "period" and name not in present
    ]


def is_table_of(table: TableLayout, contract: Contract) -> bool:
    """Whether a table has at least half of the required columns: less is some other table of the workbook."""
    present = {target.field for head in table.header for target in head.targets}
    if any(target.role == "class" for head in table.header for target in head.targets):
        present |= {str(contract.layout.class_field), str(contract.layout.value_field)}
    required = [
        name for name, field in contract.fields.items() if field.required and field.type not in ("period", "township")
    ]
    return 2 * len(present.intersection(required)) >= len(required)
