"""Which field an attribute of a layer holds where its name is none that the contract declares: by what stands in it, by a name
that says the same in other words, or by the areas of the features. Called by `layer`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from contracts import Contract, FieldSpec, Finding, code_lists, finding
from contracts.model import MeasureUnit
from contracts.text import heading_key
from ingestion.normalize.evidence import MOST_LOOKED_AT, PLAIN, known_by_content, share_taken, unit_fits
from ingestion.normalize.headers import Target, read_heading, similar_target
from ingestion.normalize.heading_meaning import says_other
from ingestion.normalize.layer_record import PLAIN_ATTRIBUTES
from ingestion.normalize.layer_values import attributes_named, plain_values
from ingestion.normalize.layout import HeaderCell, TableLayout
from ingestion.normalize.numbers import canonical_unit
from ingestion.readers.cells import RawRow, RawSheet
from ingestion.readers.layer import RawLayer

LEAST_FEATURES = 2  # of a single one no value tells anything
SAME_AREA = 0.02  # by how much a declared area differs from the feature's own at most: rounding, another ellipsoid
NOT_A_LETTER, ASKING = re.compile(r"[^a-z]"), re.compile(r"是否|与否|受|已|情况|状态")
SHORTEST_SIMILAR = 3  # letters of a name that is matched by similarity


def with_known_attributes(
    raw: RawLayer, contract: Contract, areas: NDArray[np.float64] | None
) -> tuple[RawLayer, list[Finding]]:
    """The layer with the attributes that are known by evidence, and a finding on each. areas: of the features, m², None where
    the layer has no known place.
    """
    heads = _heads(raw, contract)
    measure_units, in_names = _units_in_names(raw, heads, contract)
    with_unit = [head for head in heads if head.targets and (head.measure_unit or head.odd_unit)]
    aliases = {head.shown: _heading(contract, head.targets[0]) for head in with_unit}
    raw = replace(raw, measure_units=measure_units, aliases=aliases)
    open_heads = [head for head in heads if not head.targets]
    if not open_heads or raw.attributes.num_rows < LEAST_FEATURES:
        return raw, in_names
    table = TableLayout(RawSheet(raw.name, ()), heads, 1, below=_rows(raw))
    known = {head.shown: head.targets[0] for head in known_by_content(table, contract) if head.targets and head.shown}
    taken = {target.field for target in known.values()}
    found = {head.shown: known[head.shown] for head in open_heads if head.shown in known}
    for head in open_heads:
        if head.shown in found or len(head.text) < SHORTEST_SIMILAR:
            continue
        similar = similar_target(head.text, contract, frozenset(taken))
        if similar and unit_fits(head, contract.columns[similar.field]):
            found[head.shown] = similar
            taken.add(similar.field)
    found |= _in_other_words(raw, [head for head in open_heads if head.shown not in found], contract, taken)
    taken |= {target.field for target in found.values()}
    left = [head.shown for head in open_heads if head.shown not in found]
    by_area = _area(raw, left, [one for one in contract.columns.values() if one.name not in taken], areas)
    found |= {name: target for name, (target, _) in by_area.items()}
    found |= _feature_id(raw, [name for name in left if name not in found], contract, taken)
    aliases |= {name: _heading(contract, target) for name, target in found.items()}
    written = {head.shown: head.measure_unit for head in open_heads if head.shown in found}
    written |= {name: measure_unit for name, (_, measure_unit) in by_area.items()}
    measure_units |= {name: measure_unit for name, measure_unit in written.items() if measure_unit}
    by_values = [_by_values(raw, name, target, contract) for name, target in found.items()]
    return replace(raw, aliases=aliases, measure_units=measure_units), [*in_names, *by_values]


def _units_in_names(
    raw: RawLayer, heads: Iterable[HeaderCell], contract: Contract
) -> tuple[dict[str, MeasureUnit], list[Finding]]:
    """The units that the names of declared attributes have behind them (湿地面积（亩）), and a finding on each that is none of
    the field's kind.
    """
    measure_units, found = {}, []
    for head in heads:
        own = canonical_unit(contract.columns[head.targets[0].field]) if head.targets else None
        if own is None or not (head.measure_unit or head.odd_unit):
            continue
        if head.measure_unit and head.measure_unit.kind == own.kind:
            measure_units[head.shown] = head.measure_unit
            continue
        found.append(
            finding(
                "normalize.unit_unknown",
                sheet=raw.name,
                cell=head.shown,
                field=head.targets[0].field,
                title=contract.columns[head.targets[0].field].zh,
                found=head.odd_unit or (head.measure_unit and head.measure_unit.zh),
                expected=own.zh,
            )
        )
    return measure_units, found


def _heads(raw: RawLayer, contract: Contract) -> list[HeaderCell]:
    """The attributes as the headings of a table, those that the contract declares with their field."""
    named: dict[str, Target] = {}
    for name, spec in contract.columns.items():
        named |= {attribute: Target(name, role="name") for attribute in attributes_named(raw, spec.name_headers)}
        named |= {attribute: Target(name) for attribute in attributes_named(raw, spec.headers)}
    by_heading = {
        heading_key(heading): name
        for name, spec in contract.columns.items()
        if spec.is_numeric and not attributes_named(raw, spec.headers)
        for heading in spec.headers
    }
    heads = []
    for number, attribute in enumerate(raw.attributes.column_names, start=1):
        read = read_heading(attribute)
        if (read.measure_unit or read.odd_unit) and attribute not in named and (of := by_heading.get(read.text)):
            named[attribute] = Target(of)
        if PLAIN_ATTRIBUTES.fullmatch(attribute) and attribute not in named:
            continue
        targets = (named[attribute],) if attribute in named else ()
        heads.append(
            HeaderCell(number, attribute, attribute, read.text, None, read.measure_unit, read.odd_unit, targets)
        )
    return heads


def _rows(raw: RawLayer) -> list[RawRow]:
    columns = [
        []
        if PLAIN_ATTRIBUTES.fullmatch(name)
        else plain_values(raw.attributes[name].slice(0, MOST_LOOKED_AT)).to_pylist()
        for name in raw.attributes.column_names
    ]
    count = min(raw.attributes.num_rows, MOST_LOOKED_AT)
    return [
        RawRow(number + 2, tuple(_cell(column[number]) if column else None for column in columns))
        for number in range(count)
    ]


def _cell(value: Any) -> Any:
    """A value as a sheet has it: JSON and Shapefiles have blank texts where a sheet has nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def _in_other_words(
    raw: RawLayer, heads: Iterable[HeaderCell], contract: Contract, taken: set[str]
) -> dict[str, Target]:
    """Attributes that are named as the contract names a field in English, or whose name asks the same as a field of yes and no
    (保护与否 for 是否受保护), and whose values the field takes.
    """
    pairs = []
    for head in heads:
        for name, spec in contract.columns.items():
            same = _letters(head.text) == _letters(spec.en) or (
                spec.type == "boolean" and _asked(head.text) == _asked(spec.zh) != ""
            )
            values = plain_values(raw.attributes[head.shown].slice(0, MOST_LOOKED_AT)).to_pylist()
            given = [value for value in map(_cell, values) if value is not None]
            if name not in taken and same and given and share_taken(given, spec) >= PLAIN:
                pairs.append((head.shown, spec))
    once = Counter(spec.name for _, spec in pairs)
    return {
        shown: Target(spec.name, score=_similarity(shown, spec), matched=spec.zh, by="similar")
        for shown, spec in pairs
        if once[spec.name] == 1
    }


def _similarity(name: str, spec: FieldSpec) -> float:
    """How near an attribute's name is to the field's, the English one where it is in English."""
    from rapidfuzz import fuzz

    return fuzz.ratio(_letters(name), _letters(spec.en if name.isascii() else spec.zh))


def _letters(text: str) -> str:
    """A name in English as compared; a text with other letters as it stands."""
    return NOT_A_LETTER.sub("", text.casefold()) if text.isascii() else text


def _asked(text: str) -> str:
    """What a name asks that is answered by yes and no, without the words that only ask."""
    return ASKING.sub("", text)


def _area(
    raw: RawLayer, attributes: Iterable[str], fields: Iterable[FieldSpec], areas: NDArray[np.float64] | None
) -> dict[str, tuple[Target, MeasureUnit]]:
    """The attribute whose numbers are the features' areas in the unit that its name says, else in that of the only field of
    declared areas, with that unit; odd where its name says another one.
    """
    declared = [spec for spec in fields if spec.type == "area" and spec.declared]
    own = canonical_unit(declared[0]) if len(declared) == 1 else None
    if areas is None or own is None:
        return {}
    fitting: dict[str, MeasureUnit] = {}
    for name in attributes:
        values = plain_values(raw.attributes[name])
        if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
            continue
        numbers = np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
        in_name = read_heading(name).measure_unit
        measure_units = [one for one in (in_name, own) if one and one.kind == own.kind]
        if measure_unit := next((one for one in measure_units if _are_areas(numbers, areas / float(one.factor))), None):
            fitting[name] = measure_unit
    if len(fitting) != 1:
        return {}
    ((name, measure_unit),) = fitting.items()
    read = read_heading(name)
    odd = says_other(read.text, declared[0]) or read.measure_unit not in (None, measure_unit)
    return {name: (Target(declared[0].name, by="content", odd=odd), measure_unit)}


def _are_areas(numbers: NDArray[np.float64], areas: NDArray[np.float64]) -> bool:
    return bool(np.mean(np.abs(numbers - areas) <= SAME_AREA * areas) >= PLAIN)


def _feature_id(raw: RawLayer, attributes: Iterable[str], contract: Contract, taken: set[str]) -> dict[str, Target]:
    """The only attribute that is another for each feature and in each has a digit or is a code of the field's list, where the
    contract's own for this is not there; else the one that is called id, which a program may have numbered by itself.
    """
    name = contract.layout.feature_id
    if name is None or name in taken:
        return {}
    fitting = []
    spec = contract.columns[name]
    listed = code_lists()[spec.list].values if spec.list else {}
    called = [one for one in raw.attributes.column_names if one.casefold() == "id"]
    for attribute in (*attributes, *called):
        values = plain_values(raw.attributes[attribute])
        is_code = (
            pa.types.is_integer(values.type) or pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        )
        once = values.unique()
        has_digits = all(any(map(str.isdigit, str(value))) or value in listed for value in once.to_pylist())
        if is_code and not values.null_count and len(once) == len(values) and has_digits:
            fitting.append(attribute)
    others = [one for one in fitting if one not in called]
    if len(others) == 1:
        return {others[0]: Target(name, by="content", odd=says_other(others[0], spec))}
    if others or not fitting:
        return {}
    is_numbered = pa.types.is_integer(plain_values(raw.attributes[fitting[0]]).type)
    return {fitting[0]: Target(name, by="content", odd=is_numbered)}


def _heading(contract: Contract, target: Target) -> str:
    """The heading of the contract that an attribute stands for."""
    spec = contract.columns[target.field]
    return (spec.name_headers if target.role == "name" else spec.headers)[0]


def _by_values(raw: RawLayer, name: str, target: Target, contract: Contract) -> Finding:
    at = partial(finding, sheet=raw.name, cell=name, field=target.field, found=name)
    if target.matched:
        return at("normalize.header_matched", expected=target.matched, score=round(target.score))
    rule = "normalize.column_by_content_odd" if target.odd else "normalize.column_by_content"
    return at(rule, title=contract.columns[target.field].zh)
