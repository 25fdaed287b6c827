"""The submission table: the columns that every staged file, raw table and rule shares. Whoever makes or reads rows of a
submission takes them from here.
"""

from contracts.loader import code_lists
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


def content_text(contract: Contract) -> str:
    """SQL of the text by which two rows say the same, whatever file and cell they came from: what is hashed, and kept in ledgers.

    It outlives the contract's changes: a field that came later counts where it has a value, and a code that was renamed
    counts as before, so that what was accepted once and comes again says the same.
    """
    fields = contract.columns
    first = [name for name in content_columns(contract) if name not in fields or fields[name].since is None]
    later = [name for name in fields if fields[name].since is not None]
    words = ", ".join(f"coalesce({_hashed(contract, name)}, chr(0))" for name in first)
    further = "".join(f" || coalesce(chr(30) || '{name}=' || {_hashed(contract, name)}, '')" for name in later)
    return f"concat_ws(chr(31), {words}){further}"


def _hashed(contract: Contract, name: str) -> str:
    """SQL of a column's value as it is hashed."""
    field = contract.columns.get(name)
    formerly = code_lists()[field.list].formerly if field and field.list else {}
    text = f'cast("{name}" as varchar)'
    renamed = " ".join(f"when '{code}' then '{former}'" for code, former in formerly.items())
    return f"case {text} {renamed} else {text} end" if renamed else text
