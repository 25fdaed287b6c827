"""The first look into a file: what kind it is, and the words by which it may be recognised.

Called by `ingestion.recognise`, in the sandbox. Light, and opens no other file than the one given.
"""

import codecs
import csv
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Literal

from contracts.text import search_key
from ingestion.readers.delimited import delimiter_of
from ingestion.readers.magic import PARQUET_MAGIC, SHAPEFILE_MAGIC, SQLITE_MAGIC, TORN_OLE_MAGIC, ZIP_MAGIC
from ingestion.readers.text_encoding import utf16_order
from ingestion.readers.zip_members import (
    Archive,
    Member,
    is_package,
    open_zip,
    read_beginning,
    submitted_members,
)
from ingestion.receipt_sheets import NORMALIZATION_SHEET, RECEIPT_SHEET
from ingestion.system_faults import is_system_fault

# Of a file: the heading of a table, or the attribute names of the first features, each with some thousand corners.
HEAD_BYTES = 1 << 18
NESTED_BYTES = 1 << 26  # of a GeoPackage or workbook in a zip, which is held in memory; a larger one is not looked into
HEADER_ROWS = 12  # title, notes and a heading of several rows: every sample is recognised by them
TITLE_ROWS = 3
SHEETS = 3  # of a workbook: one of figures, before which one or two of notes may stand

DBF_FIELD_BYTES = 32
PROPERTIES = re.compile(r'"properties"\s*:\s*(?={)')


@dataclass(frozen=True)
class FileSniff:
    """What the first look found.

    kind: None where the content says nothing. words: headings or attribute names, normalised. titles: text in which a
    title may stand. missing: endings of a Shapefile's files without which nothing can be recognised.
    """

    kind: Literal["table", "layer"] | None = None
    words: frozenset[str] = frozenset()
    titles: str = ""
    missing: tuple[str, ...] = ()


def sniff(path: Path) -> FileSniff:
    """The first look into a file, or into the folder of a Shapefile or File Geodatabase; of an unreadable one, nothing.

    It runs parsers over an untrusted file: call it in the sandbox.
    """
    try:
        if path.is_dir():
            return _folder(path)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if head.startswith(SHAPEFILE_MAGIC):
            return _beside(path)
        if head.startswith(SQLITE_MAGIC):
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                return _geopackage(database)
        if head.startswith(PARQUET_MAGIC):
            from pyarrow.parquet import read_schema

            return FileSniff("layer", _words(read_schema(path).names))
        if head.startswith(ZIP_MAGIC):
            return _archive(path)
        if head.startswith(TORN_OLE_MAGIC):
            return _workbook(path.read_bytes())
        return _text(head)
    except Exception as error:
        if is_system_fault(error):
            raise
        return FileSniff()
    except BaseException as panic:  # calamine's panics are no Exception
        if isinstance(panic, KeyboardInterrupt | SystemExit):
            raise
        return FileSniff()


def _words(texts: Iterable[object]) -> frozenset[str]:
    return frozenset(search_key(text) for text in texts if isinstance(text, str) and text.strip())


def _table(rows: Sequence[Sequence[object]], name: str = "") -> FileSniff:
    titles = [name, *(str(cell) for row in rows[:TITLE_ROWS] for cell in row if isinstance(cell, str))]
    return FileSniff("table", _words(cell for row in rows for cell in row), " ".join(titles))


def _joined(sniffs: Iterable[FileSniff]) -> FileSniff:
    found = list(sniffs)
    if not found:
        return FileSniff()
    words: frozenset[str] = frozenset().union(*(one.words for one in found))
    missing = () if words else tuple({part for one in found for part in one.missing})
    return FileSniff(found[0].kind, words, " ".join(one.titles for one in found), missing)


def _workbook(content: bytes) -> FileSniff:
    """Raises UnreadableFile for one that must not be parsed: it is the reader that says so."""
    # here, as it brings openpyxl, which a caller of other formats does not need
    from ingestion.readers.tabular import first_rows

    own = (
        _table(rows, name)
        for name, rows in first_rows(content, HEADER_ROWS)
        if not name.startswith((RECEIPT_SHEET, NORMALIZATION_SHEET))
    )
    return _joined(islice(own, SHEETS))


def _text(head: bytes) -> FileSniff:
    text = _decoded(head)
    if text.lstrip().startswith("{"):
        return _geojson(text)
    lines = [line for line in text.splitlines()[: HEADER_ROWS + TITLE_ROWS] if line.strip()]
    if not lines or "\x00" in text:
        return FileSniff()
    return _table(list(csv.reader(lines, delimiter=delimiter_of(text))))


def _decoded(head: bytes) -> str:
    """The beginning of a text; a letter cut at its end is left out."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")().decode(head)
    if order := utf16_order(head):
        return codecs.getincrementaldecoder(order)().decode(head)
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return codecs.getincrementaldecoder("gb18030")("replace").decode(head)


def _geojson(text: str) -> FileSniff:
    names: set[str] = set()
    for match in PROPERTIES.finditer(text):
        try:
            names |= json.JSONDecoder().raw_decode(text, match.end())[0].keys()
        except json.JSONDecodeError:  # cut at the end of what was read
            break
    return FileSniff("layer", _words(names)) if names else FileSniff()


def _geopackage(database: sqlite3.Connection) -> FileSniff:
    layers = [name for (name,) in database.execute("select table_name from gpkg_contents where data_type = 'features'")]
    columns = [
        row[0] for layer in layers for row in database.execute("select name from pragma_table_info(?)", (layer,))
    ]
    return FileSniff("layer", _words(columns), " ".join(layers))


def _dbf(header: bytes) -> FileSniff:
    """Field names of a DBF: descriptors of 32 bytes after the first 32, ended by a carriage return; the name fills the
    first 11.
    """
    names = []
    for start in range(DBF_FIELD_BYTES, len(header), DBF_FIELD_BYTES):
        if header[start : start + 1] == b"\r":
            break
        names.append(_decoded(header[start : start + 11].split(b"\0")[0]))
    return FileSniff("layer", _words(names))


def _beside(shapefile: Path) -> FileSniff:
    dbf = next(
        (path for path in shapefile.parent.iterdir() if path.stem == shapefile.stem and path.suffix.lower() == ".dbf"),
        None,
    )
    return _dbf(dbf.read_bytes()[:HEAD_BYTES]) if dbf else FileSniff("layer", missing=(".dbf",))


def _folder(folder: Path) -> FileSniff:
    if folder.suffix.lower() == ".gdb":
        return _geodatabase(str(folder), folder.stem)
    names = sorted(path for path in folder.iterdir() if path.is_file())
    dbf = [_dbf(path.read_bytes()[:HEAD_BYTES]) for path in names if path.suffix.lower() == ".dbf"]
    return _joined([*dbf, FileSniff("layer", frozenset(), " ".join(path.stem for path in names))])


def _geodatabase(source: str, title: str) -> FileSniff:
    import pyogrio

    layers = [str(name) for name, _ in pyogrio.list_layers(source)]
    fields = [str(field) for layer in layers for field in pyogrio.read_info(source, layer=layer)["fields"]]
    return FileSniff("layer", _words(fields), " ".join([title, *layers]))


def _archive(path: Path) -> FileSniff:
    """A zip: the layers in it, else whatever of it can be recognised; a workbook itself, which is a zip too."""
    with open_zip(path) as archive:
        if is_package(archive):
            return _workbook(path.read_bytes())
        members = submitted_members(archive)
        titles = FileSniff("layer", frozenset(), " ".join(members))
        if geodatabase := next((name for name in members.values() if ".gdb/" in name.filename), None):
            folder = geodatabase.filename.partition(".gdb/")[0]
            return _geodatabase(f"/vsizip/{path}/{folder}.gdb", titles.titles)
        return _joined([*_inside(archive, members), titles])


def _inside(archive: Archive, members: Mapping[str, Member]) -> Iterator[FileSniff]:
    for name, member in members.items():
        ending = PurePosixPath(name).suffix.lower()
        if ending == ".dbf":
            yield _dbf(read_beginning(archive, member, HEAD_BYTES))
        elif ending in {".geojson", ".json", ".csv", ".txt"}:
            yield _text(read_beginning(archive, member, HEAD_BYTES))
        elif ending == ".shp":
            yield FileSniff("layer", missing=(".dbf",))
        elif ending == ".gpkg" and member.file_size <= NESTED_BYTES:
            with closing(sqlite3.connect(":memory:")) as database:
                database.deserialize(read_beginning(archive, member, NESTED_BYTES))
                yield _geopackage(database)
        elif ending in {".xlsx", ".xls"} and member.file_size <= NESTED_BYTES:
            yield _workbook(read_beginning(archive, member, NESTED_BYTES))
