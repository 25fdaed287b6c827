"""A layer's attributes into the contract's columns. Each distinct value is conformed once, as a cell of a sheet would be."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, FieldSpec, Finding, finding
from contracts.places import township
from ingestion.conform.headers import plain
from ingestion.conform.result import ARROW_TYPES
from ingestion.conform.townships import Written, code_text, place_named, township_of
from ingestion.conform.values import Problem, convert_cell
from ingestion.readers.layer import DBF_NAME_BYTES, RawLayer

NO_TEXT = ("-", "—", "——", "/")


@dataclass(frozen=True)
class Attributes:
    """Conformed columns by field. findings: about attributes; problems: (feature number from 0, what is wrong with its value)."""

    columns: dict[str, pa.Array]
    findings: list[Finding] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)


def conform_attributes(raw: RawLayer, contract: Contract) -> Attributes:
    """Columns of the contract from a layer's attributes; a field that the layer lacks is null, and a finding where it is required."""
    result = Attributes({})
    for name, spec in contract.columns.items():
        own = _attributes(raw, spec.headers)
        names = _attributes(raw, spec.name_headers)
        kind = ARROW_TYPES[spec.sql_type]
        if not own and not (names and spec.type == "township"):
            result.columns[name] = pa.nulls(raw.attributes.num_rows, kind)
            if spec.required and ".dbf" not in raw.missing:
                result.findings.append(finding(
                    "conform.missing_required_column", sheet=raw.name, cell=spec.headers[0], field=name, title=_title(spec),
                ))
            continue
        result.findings.extend(_ambiguous(raw, spec, own))
        if spec.type == "township":
            values, problems = _townships(raw, spec, own, names)
        else:
            values, problems = _convert(raw.attributes[own[0]], spec)
        result.columns[name] = values.cast(kind)
        result.problems.extend(problems)
    return result


def garbled_attributes(raw: RawLayer, contract: Contract) -> list[Finding]:
    """Attributes that the declared encoding would garble, named as the layer names them."""
    fields = {heading: name for name, spec in contract.columns.items() for heading in (*spec.headers, *spec.name_headers)}
    return [
        finding("reading.encoding_mismatch", sheet=raw.name, cell=attribute, field=fields.get(attribute), title=attribute)
        for attribute in raw.garbled
    ]


def _attributes(raw: RawLayer, headings: Iterable[str]) -> list[str]:
    """The layer's attributes that stand for headings, the best heading's first."""
    written = {plain(name).casefold(): name for name in reversed(raw.attributes.column_names)}
    found = []
    for heading in headings:
        spellings = [plain(heading).casefold()]
        if raw.cut_names:
            spellings += [plain(heading).encode(code)[:DBF_NAME_BYTES].decode(code, "ignore").casefold() for code in ("utf-8", "gb18030")]
        found += [written[spelling] for spelling in spellings if spelling in written]
    return list(dict.fromkeys(found))


def _ambiguous(raw: RawLayer, spec: FieldSpec, own: list[str]) -> list[Finding]:
    """Several attributes for one field, with different values."""
    return [
        finding("conform.ambiguous_header", sheet=raw.name, cell=other, field=spec.name, title=_title(spec), found=own[0], expected=other)
        for other in own[1:] if _texts(raw.attributes[own[0]]) != _texts(raw.attributes[other])
    ]


def _title(spec: FieldSpec) -> str:
    return f"{spec.header} {spec.zh}" if spec.header and spec.header != spec.zh else spec.zh


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as trimmed text, blank ones as null."""
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def _convert(values: pa.ChunkedArray, spec: FieldSpec) -> tuple[pa.Array, list[tuple[int, Problem]]]:
    if spec.is_numeric and (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        numbers = values.cast(pa.float64())
        return pc.if_else(pc.is_finite(numbers), numbers, None).combine_chunks(), []
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        values = _texts(values)
        if spec.type == "text":
            return pc.if_else(pc.is_in(values, pa.array(NO_TEXT)), None, values).combine_chunks(), []
    return _by_distinct(values.combine_chunks(), lambda value: _cell(value, spec), ARROW_TYPES[spec.sql_type])


def _cell(value: Any, spec: FieldSpec) -> tuple[Any, tuple[Problem, ...]]:
    converted = convert_cell(value, spec, None)
    return converted.value, (converted.problem,) if converted.problem else ()


def _townships(raw: RawLayer, spec: FieldSpec, own: list[str], names: list[str]) -> tuple[pa.Array, list[tuple[int, Problem]]]:
    """Townships by their code and name attributes; one that is unknown stays as written."""
    nothing = pa.chunked_array([pa.nulls(raw.attributes.num_rows, pa.string())])
    codes = _texts(raw.attributes[own[0]]) if own else nothing
    called = _texts(raw.attributes[names[0]]) if names else nothing
    pairs = pa.StructArray.from_arrays([codes.combine_chunks(), called.combine_chunks()], names=["code", "name"])
    keys = pa.array([f"{pair['code'] or ''}\0{pair['name'] or ''}" for pair in pairs.to_pylist()], type=pa.string())

    def told(key: str) -> tuple[str | None, tuple[Problem, ...]]:
        code, _, name = key.partition("\0")
        digits = code_text(code or None)
        by_code = Written(digits, None, township(digits) if digits else None)
        by_name = Written(name or None, None, place_named(name) if name else None)
        found = township_of(spec.name, by_code, by_name)
        return found.code or found.as_written, found.problems

    return _by_distinct(keys, told, pa.string())


def _by_distinct(values: pa.Array, told: Any, kind: pa.DataType) -> tuple[pa.Array, list[tuple[int, Problem]]]:
    """Conforms each distinct value once; problems of every feature that has it."""
    distinct = values.unique()
    results = [(None, ()) if value is None else told(value) for value in distinct.to_pylist()]
    at = pc.index_in(values, value_set=distinct)
    conformed = pa.array([value for value, _ in results], type=kind).take(at)
    if not any(problems for _, problems in results):
        return conformed, []
    return conformed, [(row, problem) for row, which in enumerate(at.to_pylist()) for problem in results[which][1]]
