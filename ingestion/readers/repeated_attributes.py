"""Whether a GeoJSON names one attribute of a feature, or one of its own members, twice. Called by
`ingestion.readers.layer` before GDAL reads it.

GDAL keeps one of two equal keys, or the content of both, and says nothing (decision 0013); which of the two the submitter
meant, nobody can know.
"""

import json
import re
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import msgspec

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ABSENT = msgspec.Raw(b"")
MEMBERS = ("features", "properties", "geometry")
"""What the format itself names in a collection and a feature."""


class _Feature(msgspec.Struct, gc=False):
    properties: msgspec.Raw = ABSENT
    geometry: msgspec.Raw = ABSENT


class _Collection(msgspec.Struct, gc=False):
    """A feature collection, or a feature by itself; what is not named here is skipped without being built."""

    features: list[_Feature] | None = None
    properties: msgspec.Raw = ABSENT
    geometry: msgspec.Raw = ABSENT
    crs: msgspec.Raw = ABSENT


class _RepeatedKey(ValueError):
    """An object with two equal keys."""


def repeated_attribute(path: Path) -> str | None:
    """The first attribute that one feature names twice, else the first of MEMBERS that one object has twice; None where
    there is none.

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
    for properties in (*(feature.properties for feature in collection.features or ()), collection.properties):
        written = bytes(properties)
        keys = msgspec.json.decode(written) if written else None
        # as many colons as keys: no text with a colon in it, and no key that another one has replaced
        is_suspect = isinstance(keys, dict) and written.count(b":") > len(keys)
        if is_suspect and (repeated := _repeated_key(written, lambda key: True)):
            return repeated
    # as many of a member's name as were read: none that another one has replaced
    if any(_written(name, text) > _read(name, collection) for name in MEMBERS):
        return _repeated_key(bytes(text), MEMBERS.__contains__)
    return None


def _written(name: str, text: memoryview | bytes) -> int:
    return len(re.findall(f'"{name}"'.encode(), text))


def _read(name: str, collection: _Collection) -> int:
    """How often a member's name stands in what was read of a file; the name of a reference system is in `properties`, too."""
    if name == "features":
        return collection.features is not None
    objects = (collection, *(collection.features or ()))
    return sum(getattr(one, name) is not ABSENT for one in objects) + min(1, _written(name, bytes(collection.crs)))


def _repeated_key(text: bytes, is_asked: Callable[[str], bool]) -> str | None:
    """The first key that an object in a JSON text has twice, of those that are asked for."""

    def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found and is_asked(key):
                raise _RepeatedKey(key)
            found[key] = value
        return found

    try:
        json.loads(text, object_pairs_hook=without_repetition)
    except _RepeatedKey as error:
        return str(error)
    return None
