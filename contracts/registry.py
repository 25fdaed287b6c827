"""The indicator registry (the seeds indicator, measure and measure_source): what each indicator is made of, and what is wrong
with what is registered. Read by pipeline.build and expectations.gate.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from contracts.loader import contracts, measure_units
from contracts.model import Contract, MeasureUnit
from contracts.reference import table

JOINT = ";"
AREA_OF_LAYERS = "area_m2"
"""The field of a layer that is measured and not declared, in m²."""
PERCENT = "percent"
Row = Mapping[str, str]


class Part(NamedTuple):
    """A measure of a source that enters an indicator's numerator, and the dataset and field that it comes from."""

    indicator: str
    measure: str
    source: str
    dataset: str
    field: str


def registered() -> tuple[Part, ...]:
    """Every part of every indicator's numerator, from each of its sources."""
    indicators = {row["indicator_code"]: row for row in table("indicator")}
    return tuple(
        Part(code, measure, row["source"], row["dataset"], row["field"])
        for code, indicator in indicators.items()
        for measure in _measures(indicator, "numerator_measures", indicators)
        for row in table("measure_source")
        if row["measure_code"] == measure and row["source"] in indicator["sources"].split(JOINT)
    )


def complete_sources() -> set[str]:
    """Sources that cover the whole district at once: an area without rows of them has none."""
    rows = table("measure_source")
    return {row["source"] for row in rows} - {row["source"] for row in rows if row["absence_is_zero"] != "true"}


def registry_faults() -> list[str]:
    """What is wrong with the registry, in Chinese, each naming the row and the remedy; none where it can be computed."""
    return list(faults(table("indicator"), table("measure"), table("measure_source"), measure_units(), contracts()))


def faults(
    indicators: tuple[Row, ...],
    measures: tuple[Row, ...],
    sources: tuple[Row, ...],
    declared_units: Mapping[str, MeasureUnit],
    datasets: Mapping[str, Contract],
) -> Iterator[str]:
    """As `registry_faults`, of these seeds, units and contracts."""
    spelled = {spelling: one for name, one in declared_units.items() for spelling in (name, *one.spellings)}
    known = {row["indicator_code"]: row for row in indicators}
    named = {row["measure_code"] for row in measures}
    kinds: dict[tuple[str, str], str | None] = {}
    for row in sources:
        at = f"计量来源 {row['measure_code']}（{row['source']}）"
        if row["measure_code"] not in named:
            yield f"{at}：measure.csv 里没有这个计量"
        if row["dataset"] not in datasets:
            yield f"{at}：没有数据集“{row['dataset']}”"
            continue
        field = datasets[row["dataset"]].columns.get(row["field"])
        is_measured = row["field"] == AREA_OF_LAYERS and datasets[row["dataset"]].is_layer
        if field is None and not is_measured:
            yield f"{at}：数据集 {row['dataset']} 没有字段“{row['field']}”"
            continue
        measure_unit = spelled.get("m2" if field is None else field.measure_unit or field.type)
        kinds[row["measure_code"], row["source"]] = measure_unit.kind if measure_unit else None
    for code, row in known.items():
        yield from _of_indicator(code, row, known, kinds, spelled)


def _of_indicator(
    code: str,
    row: Row,
    known: Mapping[str, Row],
    kinds: Mapping[tuple[str, str], str | None],
    spelled: Mapping[str, MeasureUnit],
) -> Iterator[str]:
    at = f"指标 {code}（{row['name_zh']}）"
    unit_of_role = {}
    for name in ("measure_unit", "numerator_unit", *(["denominator_unit"] if row["denominator_measures"] else [])):
        if row[name] in spelled:
            unit_of_role[name] = spelled[row[name]]
        else:
            yield f"{at}：不认识的计量单位“{row[name]}”（{name}）；单位在 contracts/shared.yml 的 units、compound_units 声明"
    for role in ("numerator", "denominator"):
        for name in _items(row, f"{role}_measures"):
            if name in known and (role == "denominator" or known[name]["denominator_measures"]):
                yield f"{at}：指标“{name}”是比率或作分母，不能相加"
        for measure in _measures(row, f"{role}_measures", known):
            found = {source: kinds[measure, source] for source in _items(row, "sources") if (measure, source) in kinds}
            if not found:
                yield f"{at}：计量“{measure}”没有来源；在 measure_source.csv 加一行，来源为 {row['sources']} 之一"
            measure_unit = unit_of_role.get(f"{role}_unit")
            for source, kind in found.items():
                if measure_unit and kind and kind != measure_unit.kind:
                    yield f"{at}：计量“{measure}”（{source}）与单位“{row[f'{role}_unit']}”不是同一类"
    if len(unit_of_role) == 2 + bool(row["denominator_measures"]):
        yield from _of_value(at, row, unit_of_role)


def _of_value(at: str, row: Row, unit_of_role: Mapping[str, MeasureUnit]) -> Iterator[str]:
    """The value's unit must be the numerator's kind, or the quotient of both."""
    value, above, below = (
        unit_of_role["measure_unit"],
        unit_of_role["numerator_unit"],
        unit_of_role.get("denominator_unit"),
    )
    written = row["numerator_unit"]
    if below is None:
        is_right = value.kind == above.kind
    elif value.kind == PERCENT:
        is_right, written = above.kind == below.kind, f"{written}÷{row['denominator_unit']}"
    else:
        is_right, written = value.kind == f"{above.kind}/{below.kind}", f"{written}÷{row['denominator_unit']}"
    if not is_right:
        yield f"{at}：值的单位“{row['measure_unit']}”不是“{written}”的一类"


def _items(row: Row, name: str) -> list[str]:
    return [item.strip() for item in row[name].split(JOINT) if item.strip()]


def _measures(row: Row, name: str, known: Mapping[str, Row]) -> list[str]:
    """The measures of a role; an indicator named among them stands for its own."""
    return [
        measure
        for item in _items(row, name)
        for measure in (_items(known[item], "numerator_measures") if item in known else [item])
    ]
