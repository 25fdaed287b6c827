"""The values of a layer's attribute by distinct value, so that each is looked at once however many features have it."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Distinct:
    """values: each once, as they stand; at: of each feature, the place of its value among them."""

    values: list[Any]
    at: pa.Array

    @classmethod
    def of(cls, values: pa.Array) -> "Distinct":
        once = values.unique()
        return cls(once.to_pylist(), pc.index_in(values, value_set=once))


def plain_values(attribute: pa.ChunkedArray) -> pa.Array:
    """An attribute's values in a type whose values can be told apart: JSON, lists and structures as text, no
    dictionary.
    """
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


def is_text(values: pa.Array) -> bool:
    return pa.types.is_string(values.type) or pa.types.is_large_string(values.type)


def is_number(values: pa.Array) -> bool:
    return pa.types.is_floating(values.type) or pa.types.is_integer(values.type) or pa.types.is_decimal(values.type)
