"""Whether a feature of a GeoJSON names one attribute twice. Called by `ingestion.readers.layer` before GDAL reads it.

GDAL keeps the last of two equal keys and says nothing; which of the two the submitter meant, nobody can know.
"""

import json
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import msgspec

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Feature(msgspec.Struct, gc=False):
    properties: msgspec.Raw = msgspec.Raw(b"null")


class _Collection(msgspec.Struct, gc=False):
    """A feature collection, or a feature by itself; what is not named here is skipped without being built."""

    features: list[_Feature] = []
    properties: msgspec.Raw = msgspec.Raw(b"null")


class _RepeatedKey(ValueError):
    """An object with two equal keys."""


def repeated_attribute(path: Path) -> str | None:
    """The first attribute that one feature names twice, None where there is none.

    Text that is not strict JSON (NaN, another encoding) is left to GDAL, which refuses it or keeps the last value.
    """
    if not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        start = len(BYTE_ORDER_MARK) if content[:3] == BYTE_ORDER_MARK else 0
        with memoryview(content)[start:] as text:
            try:
                return _first_repeated(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return None


def _first_repeated(text: memoryview) -> str | None:
    collection = msgspec.json.decode(text, type=_Collection)
    for properties in (*(feature.properties for feature in collection.features), collection.properties):
        written = bytes(properties)
        keys = msgspec.json.decode(written)
        # as many colons as keys: no text with a colon in it, and no key that another one has replaced
        if isinstance(keys, dict) and written.count(b":") > len(keys):
            try:
                json.loads(written, object_pairs_hook=_without_repetition)
            except _RepeatedKey as error:
                return str(error)
    return None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _RepeatedKey(key)
        found[key] = value
    return found
