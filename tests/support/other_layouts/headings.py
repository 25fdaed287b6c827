"""Columns of a table laid out otherwise: what stands in them, in which unit, under which heading."""

import random
from dataclasses import dataclass
from itertools import groupby

from contracts import Contract, FieldSpec, code_lists, measure_units
from contracts.model import MeasureUnit
from contracts.reference import table
from tests.support.other_layouts.office import Layout
from tests.support.other_layouts.records import Record, Source
from tests.support.other_layouts.words import other_unit

PERIOD_HEADINGS = {
    "year": ("年度", "年份", "填报期", "所属期"),
    "quarter": ("填报期", "填报季度", "报告期"),
    "month": ("填报期", "月份", "填报月份"),
}
LONGEST_PREFIX = 4


@dataclass(frozen=True)
class Column:
    """role: value, code, name (of a township), period, class, extra or blank. heading: without its unit; group: what
    stands over it.
    """

    role: str
    heading: str
    field: FieldSpec | None = None
    measure_unit: MeasureUnit | None = None
    class_code: str | None = None
    group: str | None = None


def columns(
    source: Source, layout: Layout, rng: random.Random, rows: list[Record], told_township: bool, period_column: bool
) -> list[Column]:
    """The columns of a sheet in their order."""
    found = []
    for field in source.contract.fields.values():
        if field.type == "period":
            if period_column:
                found.append(Column("period", rng.choice(PERIOD_HEADINGS[source.contract.period.grain]), field))
        elif field.type == "township":
            found += [] if told_township else _township(field, layout, rng)
        elif source.contract.layout.kind == "wide" and field.name == source.contract.layout.class_field:
            found += _classes(source.contract, rows, layout, rng)
        elif source.contract.layout.kind == "wide" and field.name == source.contract.layout.value_field:
            continue
        elif field.required or any(row.values[field.name] is not None for row in rows):
            found.append(
                Column(
                    "value",
                    _heading(field, field.headers, layout, rng),
                    field,
                    _measure_unit(source.contract, field, layout),
                )
            )
    if layout.order == "shuffled":
        rng.shuffle(found)
    if layout.spacer:
        found.insert(len(found) // 2, Column("blank", ""))
    extra = [Column("extra", name) for name in layout.extra]
    return [
        *(one for one in extra if one.heading == "序号"),
        *_numbered(_grouped(found, layout), layout),
        *(one for one in extra if one.heading != "序号"),
    ]


def _township(field: FieldSpec, layout: Layout, rng: random.Random) -> list[Column]:
    code = Column("code", _heading(field, field.headers, layout, rng), field)
    name = Column(
        "name", rng.choice(field.name_headers) if layout.headings == "synonyms" else field.name_headers[0], field
    )
    if layout.places in ("code", "code as number"):
        return [code]
    return [name] if layout.places in ("name", "name with district", "short name") else [code, name]


def _heading(field: FieldSpec, headings: tuple[str, ...], layout: Layout, rng: random.Random) -> str:
    text = rng.choice(headings) if layout.headings == "synonyms" else field.zh
    if layout.headings == "spaced" and len(text) > 3:
        return f"{text[:2]}{rng.choice((' ', chr(10), '　'))}{text[2:]}"
    return f"*{text}" if layout.headings == "starred" else text


def _numbered(found: list[Column], layout: Layout) -> list[Column]:
    if layout.headings != "numbered":
        return found
    return [
        Column(**{**one.__dict__, "heading": f"{place}.{one.heading}"}) if one.role == "value" else one
        for place, one in enumerate(found, start=1)
    ]


def _classes(contract: Contract, rows: list[Record], layout: Layout, rng: random.Random) -> list[Column]:
    field = contract.fields[str(contract.layout.value_field)]
    names = code_lists()[str(contract.fields[str(contract.layout.class_field)].list)].values
    first = {
        row["land_class_code"]: f"{row['first_class_name']}（{row['first_class_code']}）" for row in table("land_class")
    }
    ways = ("{name}（{code}）", "{code}{name}", "{name}({code})", "{code}", "{name}")
    way = rng.choice(ways) if layout.headings == "synonyms" else ways[0]
    measure_unit = _measure_unit(contract, field, layout)
    return [
        Column(
            "class",
            way.format(name=names[code][0], code=code),
            field,
            measure_unit,
            code,
            first[code] if layout.groups != "none" else None,
        )
        for code in sorted(rows[0].classes)
    ]


def _measure_unit(contract: Contract, field: FieldSpec, layout: Layout) -> MeasureUnit | None:
    """The unit of a column. A line above the table can only name one other unit a kind, which then holds for all of
    that kind.
    """
    if field.measure_unit is None:
        return measure_units()["pct"] if field.type == "percent" else None
    own = measure_units()[field.measure_unit]
    other = (
        None
        if layout.measure_units == "own" or layout.unit_in == "not at all"
        else other_unit(field, layout.measure_units)
    )
    if other is None:
        return own
    if layout.unit_in != "above" or layout.measure_units == "large":
        return other
    kinds = [
        measure_units()[one.measure_unit]
        for one in contract.fields.values()
        if one.measure_unit and measure_units()[one.measure_unit].kind == own.kind
    ]
    return (
        measure_units()["mu"]
        if own.kind == "area" and all(measure_unit.name in ("ha", "km2", "mu") for measure_unit in kinds)
        else other
    )


def _grouped(found: list[Column], layout: Layout) -> list[Column]:
    """Neighbours whose headings begin alike stand under what they share."""
    if layout.groups not in ("common beginning", "three rows") or layout.headings in ("spaced", "starred"):
        return found
    grouped = []
    for beginning, members in groupby(found, key=lambda one: one.heading[:2] if one.role == "value" else None):
        same = list(members)
        shared = _shared([one.heading for one in same]) if beginning else ""
        grouped += [
            Column("value", one.heading.removeprefix(shared), one.field, one.measure_unit, group=shared)
            if len(same) > 1 and len(shared) > 1
            else one
            for one in same
        ]
    return grouped


def _shared(headings: list[str]) -> str:
    """The beginning that headings share, each keeping two characters of its own."""
    shortest = min(len(heading) for heading in headings) - 2
    return next(
        (
            headings[0][:size]
            for size in range(min(shortest, LONGEST_PREFIX), 1, -1)
            if len({one[:size] for one in headings}) == 1
        ),
        "",
    )


def with_unit(column: Column, layout: Layout) -> str:
    """A heading with its unit, where the office writes it there."""
    text, measure_unit = column.heading, column.measure_unit
    if (
        measure_unit is None
        or layout.unit_in in ("row", "above", "not at all")
        or column.role not in ("value", "class")
    ):
        return text
    ways = {
        "brackets": f"{text}（{measure_unit.zh}）",
        "half brackets": f"{text}({measure_unit.zh})",
        "line below": f"{text}\n（{measure_unit.zh}）",
        "slash": f"{text}/{measure_unit.zh}",
        "square": f"{text}[{measure_unit.zh}]",
    }
    return ways[layout.unit_in]
