"""The encoding of a Shapefile's attribute table (.dbf). Called by `ingestion.readers.layer`.

What is declared (the .cpg file, else the language id in the header) cannot be trusted: many tools write GBK without a
declaration, or declare UTF-8. The bytes can be: text in GBK is hardly ever valid UTF-8.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

GBK, UTF8, LATIN = "GB18030", "UTF-8", "ISO-8859-1"
LANGUAGE_IDS = {0x4D: GBK, 0x7A: GBK}  # code page 936
DECLARED = {
    "utf8": UTF8,
    "65001": UTF8,
    "cp65001": UTF8,
    "gbk": GBK,
    "gb2312": GBK,
    "gb18030": GBK,
    "936": GBK,
    "cp936": GBK,
    "ansi936": GBK,
    "oem936": GBK,
    "euccn": GBK,
    "88591": LATIN,
    "iso88591": LATIN,
    "latin1": LATIN,
}
HEADER_BYTES, FIELD_BYTES, LANGUAGE_AT = 32, 32, 29
NAME_BYTES, END, DELETED = 11, 0x0D, ord("*")  # of an attribute's title; behind the attributes; before a deleted record
SAMPLED_ROWS = 20_000  # with texts beyond ASCII, wherever they stand: enough to decide between encodings
LONGEST_CHARACTER = 4  # bytes, in UTF-8 and in GB18030


@dataclass(frozen=True)
class Encoding:
    """name: how to decode the table. garbled: attributes that the declared encoding would garble, in their order."""

    name: str
    garbled: tuple[str, ...] = ()


class TornTable(ValueError):
    """A .dbf that is shorter than its header says, or is none."""


def record_count(dbf: Path) -> int:
    """How many records the header announces. Raises TornTable when the file does not hold them."""
    with dbf.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES:
        raise TornTable("header")
    count, start, width = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    if start < HEADER_BYTES or dbf.stat().st_size < start + count * width:
        raise TornTable("records")
    return count


def deleted_count(dbf: Path) -> int:
    """How many records are marked as deleted: programs show them no more, GDAL leaves them out."""
    count = record_count(dbf)
    start, width = (int.from_bytes(dbf.open("rb").read(HEADER_BYTES)[a:b], "little") for a, b in ((8, 10), (10, 12)))
    if not count or not width:
        return 0
    records = np.memmap(dbf, dtype=np.uint8, mode="r", offset=start, shape=(count, width))
    return int((records[:, 0] == DELETED).sum())


def has_torn_titles(dbf: Path) -> bool:
    """Whether a title ends within a character in UTF-8: of four Chinese ones, nine bytes and a part of the last fit in."""
    return any(_whole(title, UTF8) is not None and not _is_valid(title) for title in _titles(dbf))


def _titles(dbf: Path) -> list[bytes]:
    with dbf.open("rb") as file:
        head = file.read(HEADER_BYTES)
        descriptors = file.read(int.from_bytes(head[8:10], "little") - HEADER_BYTES)
    places = range(0, len(descriptors) - FIELD_BYTES + 1, FIELD_BYTES)
    return [descriptors[place : place + NAME_BYTES].split(b"\0")[0] for place in places if descriptors[place] != END]


def _is_valid(title: bytes) -> bool:
    try:
        title.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def encoding(dbf: Path, cpg: Path | None) -> Encoding:
    """The encoding of a .dbf, and which attributes its .cpg would garble. Raises TornTable.

    The language id only decides what the bytes leave open.
    """
    columns, language = _text_columns(dbf)
    named = cpg.read_text(encoding="ascii", errors="ignore") if cpg else ""
    declared = DECLARED.get("".join(filter(str.isalnum, named.lower())))
    if not columns:
        return Encoding(declared or UTF8)
    unfit = {
        name: tuple(title for title, values in columns.items() if not _decodes(values, name)) for name in (UTF8, GBK)
    }
    if not unfit[UTF8] and _is_chinese(columns):
        actual = UTF8
    elif not unfit[GBK]:
        actual = GBK
    else:
        actual = UTF8 if not unfit[UTF8] else declared or LANGUAGE_IDS.get(language, GBK)
    if declared is None or declared == actual:
        return Encoding(actual, unfit.get(actual, ()))
    return Encoding(actual, unfit.get(declared) or tuple(columns))


def from_latin(attributes: pa.Table, name: str) -> pa.Table:
    """Attributes whose titles and texts were read byte by byte (LATIN), in their true encoding; each distinct text is
    decoded once.
    """
    columns = [
        _from_latin(column.combine_chunks(), name) if pa.types.is_string(column.type) else column
        for column in attributes.columns
    ]
    return pa.table(columns, names=[_decoded(title.encode(LATIN)) for title in attributes.column_names])


def _from_latin(texts: pa.Array, name: str) -> pa.Array:
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts
    coded = pc.dictionary_encode(texts)
    values = [text.encode(LATIN) for text in coded.dictionary.to_pylist()]
    whole = (_whole(value, name) for value in values)
    decoded = [
        text if text is not None else value.decode(name, "replace") for text, value in zip(whole, values, strict=True)
    ]
    return pa.array(decoded, pa.string()).take(coded.indices)


def _text_columns(dbf: Path) -> tuple[dict[str, list[bytes]], int]:
    """The distinct values with bytes above ASCII of each character attribute that has any, and the language id."""
    count = record_count(dbf)
    with dbf.open("rb") as file:
        head = file.read(HEADER_BYTES)
        start, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
        descriptors = file.read(start - HEADER_BYTES)
    records = np.memmap(dbf, dtype=np.uint8, mode="r", offset=start, shape=(count, width)) if count and width else None
    columns, at = {}, 1  # each record begins with its deletion flag
    for place in range(0, len(descriptors) - FIELD_BYTES + 1, FIELD_BYTES):
        descriptor = descriptors[place : place + FIELD_BYTES]
        if descriptor[0] == 0x0D:
            break
        size = descriptor[16]
        if descriptor[11:12] == b"C" and records is not None:
            cells = records[:, at : at + size]
            foreign = np.ascontiguousarray(cells[np.flatnonzero((cells >= 0x80).any(axis=1))[:SAMPLED_ROWS]])
            if len(foreign):
                title = descriptor[:11].split(b"\0")[0]
                within = foreign.shape[1]  # the last attribute may be declared wider than its record
                columns[_decoded(title)] = sorted(
                    {value.rstrip(b" \0") for value in foreign.view(f"V{within}")[:, 0].tolist()}
                )
        at += size
    return columns, head[LANGUAGE_AT]


def _decoded(title: bytes) -> str:
    whole = _whole(title, UTF8)
    return title.decode(GBK, errors="replace") if whole is None else whole


def _decodes(values: list[bytes], name: str) -> bool:
    return all(_whole(value, name) is not None for value in values)


def _whole(value: bytes, name: str) -> str | None:
    """The text of a value, or None when it is not in that encoding. The width of the attribute may have cut its last
    character.
    """
    for cut in range(LONGEST_CHARACTER):
        try:
            return value[: len(value) - cut].decode(name)
        except UnicodeDecodeError as error:
            if error.start < len(value) - cut - LONGEST_CHARACTER:
                return None
    return None


def _is_chinese(columns: dict[str, list[bytes]]) -> bool:
    """Whether the values, read as UTF-8, hold Chinese characters: GBK text that happens to be valid UTF-8 gives others."""
    return any(
        "一" <= char <= "鿿" for values in columns.values() for value in values for char in _whole(value, UTF8) or ""
    )
