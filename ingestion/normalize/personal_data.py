"""Identity numbers of persons in what was sent: taken out of the texts that are stored, and told. Called by `row_parser` and
`layer_values` for the values of text fields, by `accounts` for columns that are not read.
"""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, FieldSpec
from contracts.personal_numbers import LEAST_OF_IDENTITY, has_personal_number, without_personal_numbers
from ingestion.normalize.converted_value import ConvertedValue, ValueProblem

PERSONAL_NUMBER = "normalize.personal_number"


def may_hold_personal_numbers(field: FieldSpec, contract: Contract) -> bool:
    """Whether a field holds free text: the numbers by which records are known may be as long, and are none of persons."""
    return field.is_open and field.name not in contract.identifying


def without_personal_data(converted: ConvertedValue, field: FieldSpec) -> ConvertedValue:
    """A converted text without the identity numbers in it, with the problem that tells so."""
    if not isinstance(converted.value, str) or not has_personal_number(converted.value):
        return converted
    problem = ValueProblem(PERSONAL_NUMBER, field.name, operands={"title": field.zh})
    return replace(
        converted,
        value=without_personal_numbers(converted.value),
        problems=(*converted.problems, problem),
        conversion=None,
    )


def texts_without_personal_data(texts: pa.Array, field: FieldSpec) -> tuple[pa.Array, list[tuple[int, ValueProblem]]]:
    """The texts of an attribute without identity numbers, and the problems by feature."""
    rows = _rows_with_personal_numbers(texts)
    if not rows:
        return texts, []
    values = texts.to_pylist()
    for row in rows:
        values[row] = without_personal_numbers(values[row])
    return pa.array(values, texts.type), [
        (row, ValueProblem(PERSONAL_NUMBER, field.name, operands={"title": field.zh})) for row in rows
    ]


def holds_personal_numbers(values: pa.Array) -> bool:
    """Whether any value of an attribute is a text with an identity number."""
    is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    return is_text and bool(_rows_with_personal_numbers(values))


def _rows_with_personal_numbers(texts: pa.Array) -> list[int]:
    may_have = pc.fill_null(pc.greater_equal(pc.utf8_length(texts), LEAST_OF_IDENTITY), False)
    return [row for row in pc.indices_nonzero(may_have).to_pylist() if has_personal_number(texts[row].as_py())]
