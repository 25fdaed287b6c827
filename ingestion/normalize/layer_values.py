"""A layer's attributes into the contract's columns. Each distinct value is conformed once, as a cell of a sheet would
be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, FieldSpec, Finding, finding
from contracts.places import Place, township
from ingestion.normalize.headers import plain
from ingestion.normalize.layer_distinct import Distinct, is_number, is_text, plain_values
from ingestion.normalize.layer_normalization_log import LayerNormalizationLog
from ingestion.normalize.result import ARROW_TYPES
from ingestion.normalize.townships import Named, Written, code_text, place_named, township_of
from ingestion.normalize.values import Problem, convert_cell, shown
from ingestion.readers.layer import DBF_NAME_BYTES, RawLayer

NO_TEXT = ("-", "—", "——", "/")


@dataclass(frozen=True)
class Attributes:
    """Conformed columns by field. findings: about attributes; problems: (feature number from 0, what is wrong with its
    value).

    repairs: what of their values is stored otherwise than it stands.
    """

    conversions: LayerNormalizationLog
    columns: dict[str, pa.Array] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)


def normalize_attributes(raw: RawLayer, contract: Contract) -> Attributes:
    """Columns of the contract from a layer's attributes; a field that the layer lacks is null, and a finding where it
    is required.
    """
    result = Attributes(LayerNormalizationLog(raw))
    for name, spec in contract.columns.items():
        own = _attributes(raw, spec.headers)
        names = _attributes(raw, spec.name_headers)
        kind = ARROW_TYPES[spec.sql_type]
        if not own and not (names and spec.type == "township"):
            result.columns[name] = pa.nulls(raw.attributes.num_rows, kind)
            if spec.required and ".dbf" not in raw.missing:
                result.findings.append(
                    finding(
                        "normalize.missing_required_column",
                        sheet=raw.name,
                        cell=spec.headers[0],
                        field=name,
                        title=_title(spec),
                    )
                )
            continue
        result.findings.extend(_ambiguous(raw, spec, own))
        if spec.type == "township":
            values, problems = _townships(raw, spec, own, names, result.conversions)
        else:
            values, problems = _convert(raw, own[0], spec, result.conversions)
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


def _attributes(raw: RawLayer, headings: Iterable[str]) -> list[str]:
    """The layer's attributes that stand for headings, the best heading's first."""
    written = {plain(name).casefold(): name for name in reversed(raw.attributes.column_names)}
    found = []
    for heading in headings:
        spellings = [plain(heading).casefold()]
        if raw.cut_names:
            spellings += [
                plain(heading).encode(code)[:DBF_NAME_BYTES].decode(code, "ignore").casefold()
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


def _texts(raw: RawLayer, attribute: str) -> pa.Array:
    """Values as trimmed text, blank ones as null."""
    text = pc.utf8_trim_whitespace(plain_values(raw.attributes[attribute]).cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def _convert(
    raw: RawLayer, attribute: str, spec: FieldSpec, conversions: LayerNormalizationLog
) -> tuple[pa.Array, list[tuple[int, Problem]]]:
    values = plain_values(raw.attributes[attribute])
    if spec.is_numeric and is_number(values):
        numbers = values.cast(pa.float64())
        return pc.if_else(pc.is_finite(numbers), numbers, None), []
    if spec.type == "text" and is_text(values):
        texts = _texts(raw, attribute)
        return pc.if_else(pc.is_in(texts, pa.array(NO_TEXT)), None, texts), []
    is_boolean = pa.types.is_boolean(values.type)
    found = Distinct.of(values.cast(pa.int8()) if is_boolean else values)
    taken: list[Any] = []
    kinds: list[str | None] = []
    problems: list[tuple[Problem, ...]] = []
    for value in found.values:
        converted = convert_cell(value, spec, None)
        taken.append(converted.value)
        kinds.append(converted.conversion)
        problems.append((converted.problem,) if converted.problem else ())
    if not is_boolean:  # 1 and 0 are ours
        conversions.take(attribute, spec, found, taken, kinds)
    return pa.array(taken, type=ARROW_TYPES[spec.sql_type]).take(found.at), _of_features(found, problems)


def _townships(
    raw: RawLayer,
    spec: FieldSpec,
    own: list[str],
    names: list[str],
    conversions: LayerNormalizationLog,
) -> tuple[pa.Array, list[tuple[int, Problem]]]:
    """Townships by their code and name attributes; one that is unknown stays as written."""
    nothing = pa.nulls(raw.attributes.num_rows, pa.string())
    codes = _texts(raw, own[0]) if own else nothing
    called = _texts(raw, names[0]) if names else nothing
    pairs = pa.StructArray.from_arrays([codes, called], names=["code", "name"])
    found = Distinct.of(
        pa.array([f"{pair['code'] or ''}\0{pair['name'] or ''}" for pair in pairs.to_pylist()], type=pa.string())
    )
    named = [_named(spec, *pair.split("\0", 1)) for pair in found.values]
    stored = pa.array([one.code or one.as_written for one in named], type=pa.string()).take(found.at)
    for attributes, place_of in ((own, _place_coded), (names, _place_called)):
        for attribute in attributes[:1]:
            conversions.take_townships(
                attribute, spec, Distinct.of(plain_values(raw.attributes[attribute])), place_of, stored
            )
    return stored, _of_features(found, [one.problems for one in named])


def _named(spec: FieldSpec, code: str, name: str) -> Named:
    by_code = Written(code_text(code), None, _place_coded(code)) if code else Written()
    by_name = Written(name, None, _place_called(name)) if name else Written()
    return township_of(spec.name, by_code, by_name)


def _place_coded(value: Any) -> Place | None:
    return township(code_text(value) or "")


def _place_called(value: Any) -> Place | None:
    return place_named(shown(value))


def _of_features(found: Distinct, problems: Sequence[tuple[Problem, ...]]) -> list[tuple[int, Problem]]:
    """Problems of every feature. problems: of each distinct value."""
    if not any(problems):
        return []
    return [(row, problem) for row, which in enumerate(found.at.to_pylist()) for problem in problems[which]]
