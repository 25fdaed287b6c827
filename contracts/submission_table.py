"""The submission table: the columns that every staged file, raw table and rule shares. Whoever makes or reads rows of a
submission takes them from here.
"""

from contracts.model import Contract

SYSTEM_COLUMNS: dict[str, str] = {
    "row_id": "BIGINT",  # 0-based, in the order of reading
    "sheet": "VARCHAR",  # sheet or layer name; null in a CSV
    "row_no": "BIGINT",  # 1-based row of the sheet, or feature number
    "reporting_unit": "VARCHAR",  # key of the unit that the row belongs to
    "period": "VARCHAR",
    "cells": "MAP(VARCHAR, VARCHAR)",  # field -> A1 address
    "feature": "VARCHAR",  # feature id of a layer
}
CRS = "EPSG:4490"
"""The reference system of every stored geometry: longitude and latitude on CGCS2000."""
FORMER_NAMES = {"reporting_unit": "unit"}
"""Column to the name under which files staged before 2026-12 hold it: they are never written again."""
LAYER_COLUMNS: dict[str, str] = {
    "geometry": "BLOB",  # WKB, in CRS
    "area_m2": "DOUBLE",  # ellipsoidal, GRS80
}


def table_columns(contract: Contract) -> dict[str, str]:
    """Columns of a dataset's submission table and their DuckDB types, in order."""
    own = {name: field.sql_type for name, field in contract.columns.items()}
    return SYSTEM_COLUMNS | own | (LAYER_COLUMNS if contract.is_layer else {})


def content_columns(contract: Contract) -> tuple[str, ...]:
    """Columns that make up the content of a row, whatever file and cell it came from."""
    return tuple(contract.columns) + (("geometry",) if contract.is_layer else ())
