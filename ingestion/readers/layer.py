"""Map layers as Arrow tables: GeoPackage, Shapefile (zipped or loose), GeoJSON, File Geodatabase, GeoParquet.

Called by `ingestion.normalize`, in the sandbox. All but GeoParquet are read by GDAL through pyogrio, each by the one
driver that its content asks for; the sandbox's host takes all other drivers away (`allow_named_drivers`).
"""

import json
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from contracts.model import MeasureUnit
from ingestion.readers.dbf import (
    GBK,
    LATIN,
    TornTable,
    deleted_count,
    encoding,
    from_latin,
    has_torn_titles,
    record_count,
)
from ingestion.readers.errors import UnreadableFile
from ingestion.readers.layer_files import LaidOut, lay_out
from ingestion.readers.repeated_attributes import MEMBERS, repeated_attribute
from ingestion.system_faults import is_system_fault

# GDAL reads some eighty formats, and several of them name other files to be read (VRT, pipelines, catalogues).
ALLOWED_DRIVERS = frozenset({"GPKG", "ESRI Shapefile", "GeoJSON", "OpenFileGDB", "MEM"})
GEOJSON_FEATURE_MEGABYTES = "64"  # that GDAL may take for one feature: a polygon of some hundred thousand corners

SHAPEFILE_FILE_LENGTH = slice(24, 28)  # in 16-bit words, big-endian (ESRI Shapefile Technical Description, 1998)
SHAPEFILE_HEADER_BYTES, SHAPEFILE_INDEX_BYTES = 100, 8
DBF_NAME_BYTES = 10  # of an attribute: what is longer was cut off
BATCH_FEATURES = 8192  # some 8 MB of parcels; pyogrio's own 65,536 would be half of what a layer may take
MAX_BYTES = 128 << 20  # of a layer's attributes and geometry: what is made of them takes as much again


def allow_named_drivers() -> None:
    """Takes every vector driver but the allowed ones away from this process, for good. Called by the sandbox's host,
    never in a process that others work in.

    Raises RuntimeError where GDAL keeps another one.
    """
    import pyogrio
    from pyogrio._ogr import _register_drivers

    others = set(pyogrio.list_drivers()) - ALLOWED_DRIVERS
    pyogrio.set_gdal_config_options(
        {"GDAL_SKIP": ",".join((*sorted(others), "")), "OGR_GEOJSON_MAX_OBJ_SIZE": GEOJSON_FEATURE_MEGABYTES}
    )
    _register_drivers()
    if kept := set(pyogrio.list_drivers()) - ALLOWED_DRIVERS:
        raise RuntimeError(f"drivers that cannot be taken away: {', '.join(sorted(kept))}")


@dataclass(frozen=True)
class RawLayer:
    """A layer as it was written.

    attributes: as typed by the format; geometry: WKB in the layer's own coordinates; crs: as EPSG:n or WKT, None where
    none is declared.
    name: the layer's name, title: what the files or the layer are called. cut_names: attribute names may be cut off
    (Shapefile).
    missing: endings of a Shapefile's files that are not there; garbled: attributes that the declared encoding would
    garble. has_dates: whether the format knows dates beside texts (JSON does not). deleted: records of
    a Shapefile that are marked as deleted, and are not among the attributes. aliases: headings of the contract by the
    attributes that stand for them under another name. measure_units: what the names of attributes say that their numbers
    are written in.
    """

    attributes: pa.Table
    geometry: pa.ChunkedArray
    crs: str | None
    name: str | None
    title: str
    cut_names: bool = False
    missing: tuple[str, ...] = ()
    garbled: tuple[str, ...] = ()
    has_dates: bool = True
    deleted: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)
    measure_units: Mapping[str, MeasureUnit] = field(default_factory=dict)


def read_layer(path: Path, file_name: str, wanted: Collection[str] = ()) -> RawLayer:
    """Reads a layer. path: the file, or a folder with a layer's files; file_name: as submitted.

    wanted: attribute names by which one layer among several is chosen. Raises UnreadableFile with the reason in the
    submitter's words.
    """
    from pyogrio.errors import DataLayerError, DataSourceError

    broken = (DataSourceError, DataLayerError, TornTable, pa.ArrowException, OSError)
    with tempfile.TemporaryDirectory(prefix="layer-") as folder:
        laid = lay_out(path, file_name, Path(folder))
        try:
            if laid.driver == "Parquet":
                return _with_text(_geoparquet(laid))
            if laid.driver == "GeoJSON":
                return _with_text(_geojson(laid))
            return _shapefile(laid) if laid.driver == "ESRI Shapefile" else _with_text(_dataset(laid, wanted))
        except UnicodeDecodeError:
            raise UnreadableFile.because("layer_not_utf8", name="属性名") from None
        except broken as error:
            if is_system_fault(error):
                raise
            raise UnreadableFile.because("layer_torn") from None


def _with_text(raw: RawLayer) -> RawLayer:
    """A layer of a format whose text is UTF-8, as it is. Raises UnreadableFile where a text of it is not."""
    for name, column in zip(raw.attributes.column_names, raw.attributes.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            raise UnreadableFile.because("layer_not_utf8", name=f"属性“{name}”") from None
    return raw


def _dataset(laid: LaidOut, wanted: Collection[str]) -> RawLayer:
    """A GeoPackage or File Geodatabase."""
    import pyogrio

    options = {"IMMUTABLE": "YES"} if laid.driver == "GPKG" else {}
    names = [name for name, geometry in pyogrio.list_layers(laid.path) if geometry is not None]
    if not names:
        raise UnreadableFile.because("no_layer")
    infos = {name: pyogrio.read_info(laid.path, layer=name, **options) for name in names}
    if drivers := {info["driver"] for info in infos.values()} - {laid.driver}:
        raise UnreadableFile.because("layer_driver", name="、".join(drivers))
    known = {header.casefold() for header in wanted}
    score = {name: sum(str(field).casefold() in known for field in info["fields"]) for name, info in infos.items()}
    best = [name for name in names if score[name] == max(score.values())]
    if len(best) > 1:
        raise UnreadableFile.because("layers_alike", count=len(best), names="、".join(best))
    meta, table = _read_arrow(laid.path, layer=best[0], **options)
    return RawLayer(*_split(meta, table), crs=meta["crs"], name=best[0], title=best[0])


def _geojson(laid: LaidOut) -> RawLayer:
    """A GeoJSON file, which is one layer: read by its own driver whatever it holds.

    Of two equal keys in one object GDAL would keep one, or both: such a file is refused.
    """
    if (repeated := repeated_attribute(laid.path)) is not None:
        cause = "json_member_twice" if repeated in MEMBERS else "json_attribute_twice"
        raise UnreadableFile.because(cause, name=repeated)
    meta, table = _read_arrow(f"GeoJSON:{laid.path}")
    if meta["geometry_type"] is None:
        raise UnreadableFile.because("no_layer")
    return RawLayer(*_split(meta, table), crs=meta["crs"], name=None, title=laid.stem, has_dates=False)


def _shapefile(laid: LaidOut) -> RawLayer:
    """A Shapefile, its encoding decided by its bytes; without its .dbf or .shx its shapes alone."""
    import pyogrio

    missing = tuple(ending for ending in (".shx", ".dbf") if ending not in laid.endings)
    with laid.path.open("rb") as file:
        head = file.read(SHAPEFILE_HEADER_BYTES)
    if 2 * int.from_bytes(head[SHAPEFILE_FILE_LENGTH], "big") > laid.path.stat().st_size:
        raise UnreadableFile.because("shp_short")
    dbf, shx, cpg = (laid.path.with_suffix(ending) for ending in (".dbf", ".shx", ".cpg"))
    actual = encoding(dbf, cpg if cpg.exists() else None) if dbf.exists() else None
    if actual and shx.exists():
        shapes, rows = (shx.stat().st_size - SHAPEFILE_HEADER_BYTES) // SHAPEFILE_INDEX_BYTES, record_count(dbf)
        if shapes != rows:
            raise UnreadableFile.because("shp_dbf_count", shapes=shapes, rows=rows)
    restore = {} if shx.exists() else {"SHAPE_RESTORE_SHX": "YES"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in restore}
    pyogrio.set_gdal_config_options(restore)
    try:
        # GDAL takes twice as long as Python does to read GBK, for it does so with every value
        by_bytes = actual is not None and (actual.name == GBK or has_torn_titles(dbf))
        read_as = LATIN if by_bytes else actual.name if actual else None
        meta, table = _read_arrow(laid.path, encoding=read_as)
    finally:
        pyogrio.set_gdal_config_options(before)
    attributes, geometry = _split(meta, table)
    if actual and by_bytes:
        attributes = from_latin(attributes, actual.name)
    return RawLayer(
        attributes,
        geometry,
        crs=meta["crs"],
        name=None,
        title=laid.stem,
        cut_names=True,
        missing=missing,
        garbled=actual.garbled if actual else (),
        deleted=deleted_count(dbf) if actual else 0,
    )


def _geoparquet(laid: LaidOut) -> RawLayer:
    import pyarrow.parquet as pq
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    with pq.ParquetFile(laid.path) as file:
        table = _within_limits(file.iter_batches(BATCH_FEATURES), file.schema_arrow)
    try:
        declared: dict[str, Any] = json.loads((table.schema.metadata or {})[b"geo"])
        primary = declared["primary_column"]
        column = declared["columns"][primary]
        crs = CRS.from_json_dict(column["crs"]).to_wkt() if column.get("crs") else "OGC:CRS84"
        geometry = table[primary].cast(pa.binary())
    except (KeyError, TypeError, json.JSONDecodeError, CRSError):
        raise UnreadableFile.because("parquet_geometry") from None
    if column.get("encoding") != "WKB":
        raise UnreadableFile.because("parquet_encoding", encoding=column.get("encoding"))
    return RawLayer(table.drop_columns([primary]), geometry, crs=crs, name=None, title=laid.stem)


def _read_arrow(path: Path | str, **options: Any) -> tuple[dict[str, Any], pa.Table]:
    """What GDAL says of a layer, and its features. Raises UnreadableFile for more than is taken."""
    from pyogrio.raw import open_arrow

    with open_arrow(path, batch_size=BATCH_FEATURES, use_pyarrow=True, **options) as (meta, reader):
        return meta, _within_limits(reader, reader.schema)


def _within_limits(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """Batches as a table. A few bytes may stand for very many features: they are counted as they come."""
    kept, size = [], 0
    for batch in batches:
        size += batch.nbytes
        if size > MAX_BYTES:
            raise UnreadableFile.because("layer_unpacked", most=MAX_BYTES >> 20)
        kept.append(batch)
    return pa.Table.from_batches(kept, schema)


def _split(meta: dict[str, Any], table: pa.Table) -> tuple[pa.Table, pa.ChunkedArray]:
    """Attributes and geometry of what pyogrio read."""
    shape = meta["geometry_name"] or "wkb_geometry"
    return table.drop_columns([shape]), table[shape].cast(pa.binary())
