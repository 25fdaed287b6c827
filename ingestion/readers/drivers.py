"""Which of GDAL's drivers may open what strangers send: those of the formats that are received, by name.

GDAL reads some eighty formats, and several of them name other files to be read (VRT, pipelines, catalogues).
"""

GEOJSON_FEATURE_MEGABYTES = "64"  # in memory: a polygon of some hundred thousand corners
ALLOWED = frozenset({"GPKG", "ESRI Shapefile", "GeoJSON", "OpenFileGDB", "MEM"})


def allow_named() -> None:
    """Takes every other vector driver away from this process, for good: for the sandbox, never for a process that
    others work in.

    Raises RuntimeError where GDAL keeps one.
    """
    import pyogrio
    from pyogrio._ogr import _register_drivers

    others = set(pyogrio.list_drivers()) - ALLOWED
    pyogrio.set_gdal_config_options(
        {"GDAL_SKIP": ",".join((*sorted(others), "")), "OGR_GEOJSON_MAX_OBJ_SIZE": GEOJSON_FEATURE_MEGABYTES}
    )
    _register_drivers()
    if kept := set(pyogrio.list_drivers()) - ALLOWED:
        raise RuntimeError(f"drivers that cannot be taken away: {', '.join(sorted(kept))}")
