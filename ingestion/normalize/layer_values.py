"""A layer's attributes into the contract's columns. Each distinct value is converted once, by the same code as a cell of a
sheet (`values`, `townships`). Called by `layer`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, FieldSpec, Finding, finding
from contracts.text import TEXT_NULL_TOKENS, heading_key, without_blanks
from ingestion.normalize.converted_value import ValueProblem
from ingestion.normalize.normalization_log import LayerLog
from ingestion.normalize.numbers import is_stored_as_written
from ingestion.normalize.personal_data import may_hold_personal_numbers, texts_without_personal_data
from ingestion.normalize.townships import LOOSE_NAMES, WrittenPlace, township_of, written_code, written_name
from ingestion.normalize.values import convert_cell
from ingestion.readers.layer import DBF_NAME_BYTES, RawLayer
from warehouse.table_schema import table_schema


@dataclass(frozen=True)
class DistinctValues:
    """The values of an attribute, so that each is looked at once however many features have it.

    values: each once, as they stand; at: of each feature, the place of its value among them.
    """

    values: list[Any]
    at: pa.Array

    @classmethod
    def of(cls, values: pa.Array) -> "DistinctValues":
        once = values.unique()
        return cls(once.to_pylist(), pc.index_in(values, value_set=once))


@dataclass(frozen=True)
class NormalizedAttributes:
    """Normalized columns by field. findings: about attributes; problems: (feature number from 0, what is wrong with its
    value). log: what of their values is stored otherwise than it stands.
    """

    log: LayerLog
    columns: dict[str, pa.Array] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    problems: list[tuple[int, ValueProblem]] = field(default_factory=list)


def normalize_attributes(raw: RawLayer, contract: Contract) -> NormalizedAttributes:
    """Columns of the contract from a layer's attributes; a field that the layer lacks is null, and a finding where it
    is required.
    """
    result = NormalizedAttributes(LayerLog(raw))
    schema = table_schema(contract)
    for name, spec in contract.columns.items():
        own = attributes_named(raw, spec.headers)
        names = attributes_named(raw, spec.name_headers)
        kind = schema.field(name).type
        if not own and not (names and spec.type == "township"):
            result.columns[name] = pa.nulls(raw.attributes.num_rows, kind)
            if spec.required and ".dbf" not in raw.missing:
                missing = "normalize.missing_required_column"
                result.findings.append(
                    finding(missing, sheet=raw.name, cell=spec.headers[0], field=name, title=_title(spec))
                )
            continue
        result.findings.extend(_ambiguous(raw, spec, own))
        if spec.type == "township":
            values, problems = _townships(raw, spec, own, names, result.log)
        else:
            values, problems = _convert(raw, own[0], spec, kind, result.log)
            if name == contract.layout.feature_id and spec.type == "text":
                values = _ids_as_compared(values, own[0], spec, result.log)
            if may_hold_personal_numbers(spec, contract):
                values, personal = texts_without_personal_data(values, spec)
                problems = [*problems, *personal]
        result.columns[name] = values.cast(kind)
        result.problems.extend(problems)
    return result


def garbled_attributes(raw: RawLayer, contract: Contract) -> list[Finding]:
    """Attributes that the declared encoding would garble, named as the layer names them."""
    fields = {
        heading: name for name, spec in contract.columns.items() for heading in (*spec.headers, *spec.name_headers)
    }
    return [
        finding(
            "reading.encoding_mismatch", sheet=raw.name, cell=attribute, field=fields.get(attribute), title=attribute
        )
        for attribute in raw.garbled
    ]


def attributes_named(raw: RawLayer, headings: Iterable[str]) -> list[str]:
    """The layer's attributes that stand for headings, the best heading's first."""
    written = {heading_key(heading).casefold(): name for name, heading in raw.aliases.items()}
    written |= {heading_key(name).casefold(): name for name in reversed(raw.attributes.column_names)}
    found = []
    for heading in headings:
        spellings = [heading_key(heading).casefold()]
        if raw.cut_names:
            spellings += [
                heading_key(heading).encode(code)[:DBF_NAME_BYTES].decode(code, "ignore").casefold()
                for code in ("utf-8", "gb18030")
            ]
        found += [written[spelling] for spelling in spellings if spelling in written]
    return list(dict.fromkeys(found))


def _ambiguous(raw: RawLayer, spec: FieldSpec, own: list[str]) -> list[Finding]:
    """Several attributes for one field, with different values."""
    return [
        finding(
            "normalize.ambiguous_header",
            sheet=raw.name,
            cell=other,
            field=spec.name,
            title=_title(spec),
            found=own[0],
            expected=other,
        )
        for other in own[1:]
        if _texts(raw, own[0]) != _texts(raw, other)
    ]


def _title(spec: FieldSpec) -> str:
    return f"{spec.header} {spec.zh}" if spec.header and spec.header != spec.zh else spec.zh


def plain_values(attribute: pa.ChunkedArray) -> pa.Array:
    """An attribute's values in a type whose values can be compared: JSON, lists and structures as text, no dictionary."""
    values = attribute.combine_chunks()
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.string())
    if pa.types.is_nested(values.type):
        values = pa.array([None if value is None else str(value) for value in values.to_pylist()], type=pa.string())
    return values


def _is_text(values: pa.Array) -> bool:
    return pa.types.is_string(values.type) or pa.types.is_large_string(values.type)


def _is_number(values: pa.Array) -> bool:
    return pa.types.is_floating(values.type) or pa.types.is_integer(values.type) or pa.types.is_decimal(values.type)


def _texts(raw: RawLayer, attribute: str) -> pa.Array:
    """Values as trimmed text, blank ones as null."""
    text = pc.utf8_trim_whitespace(plain_values(raw.attributes[attribute]).cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def _convert(
    raw: RawLayer, attribute: str, spec: FieldSpec, kind: pa.DataType, log: LayerLog
) -> tuple[pa.Array, list[tuple[int, ValueProblem]]]:
    """An attribute's values for a field, as `convert_cell` converts each distinct one.

    Of numbers in the field's own unit and of texts there may be as many as features: what `convert_cell` would do with
    them is done to the whole column at once. A number that is none (NaN) is how columns of numbers say nothing.
    """
    values = plain_values(raw.attributes[attribute])
    measure_unit = raw.measure_units.get(attribute)
    log.take_unit(attribute, spec, measure_unit, len(values) - values.null_count)
    if spec.is_numeric and _is_number(values):
        values = values.cast(pa.float64())
        values = pc.if_else(pc.is_nan(values), None, pc.add(values, 0.0))  # there is no minus zero
        if is_stored_as_written(spec, measure_unit) and pc.all(pc.is_finite(values)).as_py() is not False:
            return values, []
    if spec.type == "text" and _is_text(values):
        texts = _texts(raw, attribute)
        return pc.if_else(pc.is_in(texts, pa.array(sorted(TEXT_NULL_TOKENS))), None, texts), []
    if is_yes_or_no := pa.types.is_boolean(values.type) and spec.type == "boolean":
        values = values.cast(pa.int8())
    distinct = DistinctValues.of(values)
    converted = [convert_cell(value, spec, measure_unit) for value in distinct.values]
    stored = [one.value for one in converted]
    if not is_yes_or_no:  # the 1 and 0 that stand for true and false were not written by the submitter
        log.take(attribute, spec, distinct, stored, [one.conversion for one in converted])
    return pa.array(stored, type=kind).take(distinct.at), _of_features(distinct, [one.problems for one in converted])


def _ids_as_compared(ids: pa.Array, attribute: str, spec: FieldSpec, log: LayerLog) -> pa.Array:
    """Ids of features as they are compared: half-width, without blanks, so that ＳＤ００１ is SD001."""
    if pc.all(pc.string_is_ascii(ids)).as_py() is not False:
        return ids
    distinct = DistinctValues.of(ids)
    stored = [None if one is None else without_blanks(one) for one in distinct.values]
    kinds = [None if one == own else "full_width" for one, own in zip(distinct.values, stored, strict=True)]
    log.take(attribute, spec, distinct, stored, kinds)
    return pa.array(stored, ids.type).take(distinct.at)


def _townships(
    raw: RawLayer, spec: FieldSpec, own: list[str], names: list[str], log: LayerLog
) -> tuple[pa.Array, list[tuple[int, ValueProblem]]]:
    """Townships by their code and name attributes; one that is unknown stays as written, for it names its feature."""
    nothing = pa.nulls(raw.attributes.num_rows, pa.string())
    codes = _texts(raw, own[0]) if own else nothing
    called = _texts(raw, names[0]) if names else nothing
    pairs = pa.StructArray.from_arrays([codes, called], names=["code", "name"])
    distinct = DistinctValues.of(
        pa.array([f"{pair['code'] or ''}\0{pair['name'] or ''}" for pair in pairs.to_pylist()], type=pa.string())
    )
    is_strict = not names or heading_key(names[0]) not in LOOSE_NAMES
    named = []
    for pair in distinct.values:
        code, _, name = pair.partition("\0")
        named.append(township_of(spec.name, written_code(code), written_name(name, strict=is_strict)))
    stored = pa.array([one.code or one.as_written for one in named], type=pa.string()).take(distinct.at)
    by: tuple[tuple[list[str], Callable[[Any], WrittenPlace]], ...] = ((own, written_code), (names, written_name))
    for attributes, written in by:
        for attribute in attributes[:1]:
            values = DistinctValues.of(plain_values(raw.attributes[attribute]))
            log.take_townships(attribute, spec, values, [written(value).place for value in values.values], stored)
    return stored, _of_features(distinct, [one.problems for one in named])


def _of_features(
    distinct: DistinctValues, problems: Sequence[tuple[ValueProblem, ...]]
) -> list[tuple[int, ValueProblem]]:
    """Problems of every feature. problems: of each distinct value."""
    if not any(problems):
        return []
    return [(row, problem) for row, which in enumerate(distinct.at.to_pylist()) for problem in problems[which]]
