"""What was read of a file, as a table of its own: for `warehouse check --table`."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

ENDINGS = (".csv", ".xlsx", ".parquet")
GEOMETRY = "geometry"


def write_table(table: pa.Table, to: Path) -> None:
    """Write a submission table, as it would be loaded, to a file whose ending says the format: canonical columns, reporting
    unit, period, and where each value stands (`cells`, as JSON in a CSV or a workbook; shapes as WKT there).

    Raises ValueError for another ending, OSError.
    """
    ending = to.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"--table 的文件应以 {'、'.join(ENDINGS)} 结尾 (the file must end so): {to.name}")
    to.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, to)
        return
    import pandas as pd

    frame = pd.DataFrame(
        {name: [_plain(value, name) for value in table.column(name).to_pylist()] for name in table.column_names}
    )
    if ending == ".csv":
        frame.to_csv(to, index=False, encoding="utf-8-sig")  # with a mark, so that Excel shows Chinese
    else:
        frame.to_excel(to, index=False)


def _plain(value: Any, name: str) -> Any:
    """A value as one cell holds it."""
    if name == GEOMETRY and value is not None:
        import shapely

        return shapely.from_wkb(value).wkt
    if isinstance(value, list | dict):
        pairs = dict(value) if value and isinstance(value[0] if isinstance(value, list) else None, tuple) else value
        return json.dumps(pairs, ensure_ascii=False)
    return value
