"""A first look into a file: what kind it is, and the words by which it may be recognised. Light, and opens no other
file.
"""

import codecs
import csv
import io
import json
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingestion.readers.tabular import check_workbook

HEAD_BYTES = 1 << 18
NESTED_BYTES = 1 << 26
HEADER_ROWS = 12
TITLE_ROWS = 3
SHEETS = 3
# The sheets that a receipt puts before the submitter's own: no part of a submission when the workbook comes back
# corrected.
RECEIPT_SHEET, NORMALIZATION_SHEET = "审核结果", "自动规范"

SHAPEFILE_MAGIC, SQLITE_MAGIC, PARQUET_MAGIC = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PAR1"
ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DBF_FIELD_BYTES = 32
PROPERTIES = re.compile(r'"properties"\s*:\s*(?={)')


@dataclass(frozen=True)
class FileSniff:
    """kind: None where the content says nothing. words: header texts or attribute names, normalised.
    titles: text in which a title may stand. missing: endings of a Shapefile's files without which nothing can be told.
    """

    kind: Literal["table", "layer"] | None = None
    words: frozenset[str] = frozenset()
    titles: str = ""
    missing: tuple[str, ...] = ()


def normalised(text: str) -> str:
    """A header as it is compared: compatible letters, no white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def sniff(path: Path) -> FileSniff:
    """What a file, or the folder of a Shapefile or File Geodatabase, shows at first sight. An unreadable one shows
    nothing.

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
        if head.startswith(ZIP_MAGIC) and not _is_workbook(path):
            return _archive(path)
        if head.startswith((ZIP_MAGIC, OLE_MAGIC)):
            return _workbook(path.read_bytes())
        return _text(head)
    except Exception:
        return FileSniff()
    except BaseException as panic:  # calamine's panics are no Exception
        if isinstance(panic, KeyboardInterrupt | SystemExit):
            raise
        return FileSniff()


def _words(texts: Iterable[object]) -> frozenset[str]:
    return frozenset(normalised(text) for text in texts if isinstance(text, str) and text.strip())


def _table(rows: Sequence[Sequence[object]], name: str = "") -> FileSniff:
    titles = [name, *(str(cell) for row in rows[:TITLE_ROWS] for cell in row if isinstance(cell, str))]
    return FileSniff("table", _words(cell for row in rows for cell in row), " ".join(titles))


def _joined(peeks: Iterable[FileSniff]) -> FileSniff:
    found = list(peeks)
    if not found:
        return FileSniff()
    words: frozenset[str] = frozenset().union(*(one.words for one in found))
    missing = () if words else tuple({part for one in found for part in one.missing})
    return FileSniff(found[0].kind, words, " ".join(one.titles for one in found), missing)


def _workbook(content: bytes) -> FileSniff:
    """Raises UnreadableFile for one that must not be parsed: it is the reader that says so."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    check_workbook(content)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    names = [name for name in visible if not name.startswith((RECEIPT_SHEET, NORMALIZATION_SHEET))]
    return _joined(
        _table(workbook.get_sheet_by_name(name).to_python(nrows=HEADER_ROWS), name) for name in names[:SHEETS]
    )


def _text(head: bytes) -> FileSniff:
    text = _decoded(head)
    if text.lstrip().startswith("{"):
        return _geojson(text)
    lines = [line for line in text.splitlines()[: HEADER_ROWS + TITLE_ROWS] if line.strip()]
    if not lines or "\x00" in text:
        return FileSniff()
    separator = max(",\t;|", key="\n".join(lines).count)
    return _table(list(csv.reader(lines, delimiter=separator)))


def _decoded(head: bytes) -> str:
    """The beginning of a text; a letter cut at its end is left out."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")().decode(head)
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


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return bool({"[Content_Types].xml", "mimetype"} & set(archive.namelist()))


def _archive(path: Path) -> FileSniff:
    """A zip: the layers in it; else whatever of it can be recognised."""
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        title = FileSniff("layer", frozenset(), " ".join(member_name(member) for member in members))
        if geodatabase := next((name for member in members if (name := _inside_geodatabase(member.filename))), None):
            return _geodatabase(f"/vsizip/{path}/{geodatabase}", title.titles)
        inside = [*_inside(archive, members), title]
    return _joined(inside)


def _inside_geodatabase(name: str) -> str | None:
    folder, found, _ = name.partition(".gdb/")
    return f"{folder}.gdb" if found else None


def _inside(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[FileSniff]:
    for member in members:
        ending = Path(member.filename).suffix.lower()
        with archive.open(member) as file:
            if ending == ".dbf":
                yield _dbf(file.read(HEAD_BYTES))
            elif ending in {".geojson", ".json", ".csv", ".txt"}:
                yield _text(file.read(HEAD_BYTES))
            elif ending == ".shp":
                yield FileSniff("layer", missing=(".dbf",))
            elif ending == ".gpkg" and member.file_size <= NESTED_BYTES:
                with closing(sqlite3.connect(":memory:")) as database:
                    database.deserialize(file.read(NESTED_BYTES))
                    yield _geopackage(database)
            elif ending in {".xlsx", ".xls"} and member.file_size <= NESTED_BYTES:
                yield _workbook(file.read(NESTED_BYTES))


def member_name(member: zipfile.ZipInfo) -> str:
    """A member's name; Chinese programs write GBK where the format says CP437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
