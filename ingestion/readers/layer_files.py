"""A layer's files laid out in a working folder under plain names, so that only the driver that their content asks for
ever opens them.

Called by `ingestion.readers.layer`. What a file is, is decided by its first bytes, never by its name: GDAL would follow
a VRT or a pipeline text named .geojson to any file of the machine.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingestion.readers.errors import UnreadableFile
from ingestion.readers.magic import PARQUET_MAGIC, SHAPEFILE_MAGIC, SQLITE_MAGIC, ZIP_MAGIC
from ingestion.readers.other_formats import refuse_other_format
from ingestion.readers.zip_members import (
    BROKEN_ZIP,
    MAX_BYTES_ON_DISK,
    check_unpacked_size,
    open_member,
    open_zip,
    submitted_members,
)
from ingestion.system_faults import is_system_fault

SHAPEFILE_ENDINGS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
GEOPACKAGE_JOURNALS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database that is open
SINGLE_ENDINGS = (".gpkg", ".geojson", ".json", ".parquet")
MAX_LINE_BYTES = 1 << 26  # of a feature in a line: what GDAL takes for one
HEAD_BYTES = 1 << 16  # of a GeoJSON: its type, which writers put before the features
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
GEOJSON = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature)"')
PLAIN_NAME = re.compile(r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$")
FEATURE_LINE = re.compile(
    rb'\x1e?\s*\{.*"type"\s*:\s*"Feature".*\}\s*'
)  # of a GeoJSON with a feature in each line (RFC 8142)
OTHER_JSON = (b"gdal_streamed_alg", b'"Topology"', b'"esriGeometryType"')
SAFE_MODULES = ("rtree", "fts3", "fts4", "fts5")


@dataclass(frozen=True)
class LaidOut:
    """What to open. driver: the only GDAL driver that may ("Parquet": pyarrow); stem: as submitted; endings: a
    Shapefile's files.
    """

    driver: str
    path: Path
    stem: str
    endings: frozenset[str] = frozenset()


def lay_out(path: Path, file_name: str, folder: Path) -> LaidOut:
    """Lays out a submission. path: a file, or a folder with the files of one layer; file_name: as submitted. Raises
    UnreadableFile.
    """
    if path.is_dir():
        members = {member.name: member for member in sorted(path.iterdir()) if member.is_file()}
        if len(members) == 1:
            return lay_out(next(iter(members.values())), file_name, folder)
        if any(name.lower().endswith(".gdbtable") for name in members):
            return _geodatabase(members, PurePosixPath(file_name).stem, folder)
        return _choose(members, folder)
    kind = _kind(path)
    if kind == "zip":
        return _choose(_unpacked(path, folder), folder)
    if kind == "ESRI Shapefile":
        siblings = (path.parent / name for name in _names_of(path))
        return _choose({sibling.name: sibling for sibling in siblings}, folder)
    if kind == "GPKG":
        beside = {ending: path.with_name(path.name + ending) for ending in GEOPACKAGE_JOURNALS}
        journals = {ending: journal for ending, journal in beside.items() if journal.is_file()}
        return _single(path, kind, PurePosixPath(file_name).stem, folder, journals)
    return _single(path, kind, PurePosixPath(file_name).stem, folder)


def _kind(path: Path) -> str:
    """The driver that a file's first bytes ask for, or "zip"."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(ZIP_MAGIC):
        return "zip"
    if head.startswith(SQLITE_MAGIC) and (head[68:72] in GEOPACKAGE_IDS or _has_contents_table(path)):
        _refuse_foreign_tables(path)
        return "GPKG"
    if head.startswith(PARQUET_MAGIC):
        return "Parquet"
    if head.startswith(SHAPEFILE_MAGIC):
        return "ESRI Shapefile"
    is_object = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n").startswith(b"{")
    if is_object and GEOJSON.search(head) and not any(word in head for word in OTHER_JSON):
        return "GeoJSON"
    refuse_other_format(head)
    raise UnreadableFile.because("no_layer_format")


def _has_contents_table(path: Path) -> bool:
    """Whether a database without GeoPackage's mark (application_id) is one nonetheless, by the table that each must have."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("select 1 from sqlite_master where name = 'gpkg_contents'").fetchall())
    except sqlite3.Error:
        return False


def _refuse_foreign_tables(path: Path) -> None:
    """A virtual table may stand for any file that GDAL can open: only indexes are permitted."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            statements = [sql for (sql,) in connection.execute("select sql from sqlite_master where sql is not null")]
    except sqlite3.Error:
        raise UnreadableFile.because("geopackage_torn") from None
    for statement in statements:
        using = re.search(r"create\s+virtual\s+table.*?\busing\s+\"?(\w+)", statement, re.IGNORECASE | re.DOTALL)
        if using and using[1].lower() not in SAFE_MODULES:
            raise UnreadableFile.because("geopackage_foreign", name=using[1])


def _names_of(shp: Path) -> Iterable[str]:
    """Names beside a .shp that belong to it."""
    stem = shp.stem.lower()
    for other in sorted(shp.parent.iterdir()):
        if other == shp or (
            other.is_file() and other.stem.lower() == stem and other.suffix.lower() in SHAPEFILE_ENDINGS
        ):
            yield other.name


def _unpacked(path: Path, folder: Path) -> dict[str, Path]:
    """The files of a zip that may belong to a layer, by their names without folders, unpacked under numbered names: a
    member's own path is never used.
    """
    found: dict[str, Path] = {}
    try:
        with open_zip(path) as archive:
            members = [
                (PurePosixPath(name), member)
                for name, member in submitted_members(archive).items()
                if may_belong_to_a_layer(PurePosixPath(name))
            ]
            check_unpacked_size((member for _, member in members), MAX_BYTES_ON_DISK)
            for number, (name, member) in enumerate(members):
                if name.name in found:
                    raise UnreadableFile.because("zip_same_name", name=name.name)
                found[name.name] = folder / f"member{number}"
                with open_member(archive, member, MAX_BYTES_ON_DISK) as source, found[name.name].open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    except BROKEN_ZIP as error:
        if is_system_fault(error):  # there is no room to unpack it
            raise
        raise UnreadableFile.because("zip_torn_or_locked") from None
    return found


def may_belong_to_a_layer(name: PurePosixPath) -> bool:
    """Whether a file may be one of a layer's, by its name."""
    in_geodatabase = any(parent.suffix.lower() == ".gdb" for parent in name.parents)
    ending = name.suffix.lower()
    return in_geodatabase or ending in (*SHAPEFILE_ENDINGS, *SINGLE_ENDINGS) or is_journal(name.name)


def is_journal(name: str) -> bool:
    """Whether a file holds changes of a GeoPackage that are not in its own file yet."""
    return name.lower().endswith(tuple(f".gpkg{ending}" for ending in GEOPACKAGE_JOURNALS))


def _choose(members: dict[str, Path], folder: Path) -> LaidOut:
    """The one layer among several files."""
    endings = {name: PurePosixPath(name).suffix.lower() for name in members}
    if ".gdbtable" in endings.values():
        return _geodatabase(members, "", folder)
    if any(ending in (".shp", ".dbf", ".shx") for ending in endings.values()):
        return _shapefile(members, folder)
    singles = [name for name, ending in endings.items() if ending in SINGLE_ENDINGS]
    if len(singles) != 1:
        raise UnreadableFile.because("layer_files" if singles else "no_layer_file", count=len(singles))
    kind = _kind(members[singles[0]])
    if kind in ("zip", "ESRI Shapefile"):
        raise UnreadableFile.because("layer_other_content", name=singles[0])
    journals = {
        name[len(singles[0]) :]: member for name, member in members.items() if name.startswith(f"{singles[0]}-")
    }
    return _single(members[singles[0]], kind, PurePosixPath(singles[0]).stem, folder, journals)


def _shapefile(members: dict[str, Path], folder: Path) -> LaidOut:
    stems = {PurePosixPath(name).stem for name in members if name.lower().endswith(".shp")}
    if len(stems) > 1:
        raise UnreadableFile.because("layer_shapefiles", count=len(stems))
    if not stems:
        raise UnreadableFile("reading.shapefile_incomplete", ".shp")
    stem = stems.pop()
    endings = set()
    for name, member in members.items():
        plain = PurePosixPath(name)
        ending = plain.suffix.lower()
        if plain.stem.lower() == stem.lower() and ending in SHAPEFILE_ENDINGS:
            laid = folder / f"layer{ending}"
            if ending == ".prj":
                laid.write_text(_reference_system(member), encoding="utf-8")
            else:
                laid.symlink_to(member.resolve())
            endings.add(ending)
    return LaidOut("ESRI Shapefile", folder / "layer.shp", stem, frozenset(endings))


def _reference_system(prj: Path) -> str:
    """The text of a .prj, which programs also write in GBK. Raises UnreadableFile for what is no text."""
    content = prj.read_bytes()[:HEAD_BYTES]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile("reading.prj_unreadable", PurePosixPath(prj.name).suffix)


def _geodatabase(members: dict[str, Path], stem: str, folder: Path) -> LaidOut:
    home = folder / "layer.gdb"
    home.mkdir()
    for name, member in members.items():
        if PLAIN_NAME.match(name):
            (home / name).symlink_to(member.resolve())
    return LaidOut("OpenFileGDB", home, stem)


def _single(path: Path, kind: str, stem: str, folder: Path, journals: Mapping[str, Path] | None = None) -> LaidOut:
    """A layer in one file. journals: what SQLite kept beside a GeoPackage, by the ending: their changes belong to it."""
    ending = {"GPKG": ".gpkg", "GeoJSON": ".geojson", "Parquet": ".parquet"}[kind]
    plain = folder / f"layer{ending}"
    if kind == "GPKG" and journals:
        _take_in_journals(path, journals, plain)
    elif kind == "GeoJSON" and _has_a_feature_in_each_line(path):
        _collect(path, plain)
    else:
        plain.symlink_to(path.resolve())
    return LaidOut(kind, plain, stem)


def _has_a_feature_in_each_line(path: Path) -> bool:
    """Whether the first lines of a GeoJSON are each a feature by itself, as programs for large layers write them."""
    with path.open("rb") as file:
        first = [line for line in (file.readline(MAX_LINE_BYTES) for _ in range(2)) if line.strip()]
    return len(first) == 2 and all(FEATURE_LINE.fullmatch(line.removeprefix(b"\xef\xbb\xbf")) for line in first)


def _collect(path: Path, plain: Path) -> None:
    """Writes the features of a file with one in each line as the collection that they are."""
    with path.open("rb") as lines, plain.open("wb") as file:
        file.write(b'{"type": "FeatureCollection", "features": [')
        separator = b""
        for line in lines:
            if text := line.removeprefix(b"\xef\xbb\xbf").strip(b"\x1e \t\r\n"):
                file.write(separator + text)
                separator = b",\n"
        file.write(b"]}")


def _take_in_journals(path: Path, journals: Mapping[str, Path], plain: Path) -> None:
    """A copy of a GeoPackage with the changes that its journals hold. Raises UnreadableFile where they do not belong to it."""
    shutil.copyfile(path, plain)
    for ending, journal in journals.items():
        if ending != "-shm":  # an index of the other, which SQLite makes anew
            shutil.copyfile(journal, plain.with_name(plain.name + ending))
    try:
        with closing(sqlite3.connect(plain)) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.execute("pragma journal_mode = delete")
            connection.execute("select count(*) from sqlite_master")
    except sqlite3.Error:
        raise UnreadableFile("reading.open_geopackage", "-wal 文件与 GeoPackage 不符") from None
