"""What a rule's SQL sees, beside `submission` and the `accepted_<dataset>` views that the caller made.

- `submission_value`, `accepted_value`: numeric fields of the dataset, one a row: (submission_id,) row_id, unit, period, field, value
- `ref_<seed>`: the plan and the official codes (contracts.reference), every value as text
- `ref_field`: fields of the dataset: field, title, is_cumulative. `ref_code`: list, code, position in its list
- `measured_<layer>`: ground of an accepted layer by township: period, township_code, area_m2
- `reported`: errors found before: unit (null: the whole file), field
- the views of rules/shared
Only what the rules name is made.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from contracts import Contract, code_lists
from contracts.reference import table
from expectations.addresses import Reported

RULES = Path(__file__).resolve().parent / "rules"
SHARED = RULES / "shared"
MEASURED = pa.schema([("period", pa.string()), ("township_code", pa.string()), ("area_m2", pa.float64())])
VALUES = ("submission_value", "accepted_value")


@cache
def _shared() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHARED.glob("*.sql"))}


@contextmanager
def relations(
    con: duckdb.DuckDBPyConnection, submission: pa.Table, contract: Contract, sqls: Iterable[str], reported: Reported,
) -> Iterator[None]:
    """Make every relation that these statements name, and take them away afterwards. Layers are seen without their geometry."""
    con.register("submission", submission.drop_columns(["geometry"]) if "geometry" in submission.column_names else submission)
    con.register("reported", reported.as_table())
    registered, views = ["submission", "reported"], []
    try:
        for name in _named(sqls):
            if name.startswith("ref_") or name.startswith("measured_"):
                con.register(name, _table(con, name, contract))
                registered.append(name)
            else:
                con.execute(f"create or replace temp view {name} as {_view(name, contract)}")
                views.append(name)
        yield
    finally:
        for name in reversed(views):
            con.execute(f"drop view if exists {name}")
        for name in registered:
            con.unregister(name)


def _named(sqls: Iterable[str]) -> list[str]:
    """Relations that statements name, and those that these name in their turn, first what others need."""
    pattern = re.compile(r"\b(?:ref_\w+|measured_\w+|" + "|".join((*VALUES, *_shared())) + r")\b(?!\s*\.)")
    found: dict[str, None] = {}

    def visit(sql: str) -> None:
        for name in pattern.findall(_without_comments(sql)):
            if name in _shared():
                visit(_shared()[name])
            found.setdefault(name)

    for sql in sqls:
        visit(sql)
    return list(found)


def _without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)


def _view(name: str, contract: Contract) -> str:
    if name in _shared():
        return _shared()[name]
    source = "submission" if name == "submission_value" else f"accepted_{contract.dataset}"
    keys = "row_id, unit, period" if name == "submission_value" else "submission_id, row_id, unit, period"
    numeric = [field for field, spec in contract.columns.items() if spec.is_numeric]
    columns = ", ".join(f'"{field}"::double as "{field}"' for field in numeric)
    return f"from (select {keys}, {columns} from {source}) unpivot include nulls (value for field in ({', '.join(numeric)}))"


def _table(con: duckdb.DuckDBPyConnection, name: str, contract: Contract) -> pa.Table:
    if name.startswith("measured_"):
        return _measured(con, name.removeprefix("measured_"))
    if name == "ref_field":
        return pa.Table.from_pylist([
            {"field": field, "title": spec.zh, "is_cumulative": spec.cumulative} for field, spec in contract.columns.items()
        ])
    if name == "ref_code":
        return pa.Table.from_pylist([
            {"list": item.name, "code": code, "position": position}
            for item in code_lists().values() for position, code in enumerate(item.values)
        ])
    return pa.Table.from_pylist(list(table(name.removeprefix("ref_"))))


def _measured(con: duckdb.DuckDBPyConnection, layer: str) -> pa.Table:
    """Ground of a layer's periods that the submission has, within the townships of the latest accepted boundary."""
    from spatial.overlay import overlay

    features = con.execute(f"""
        select row_number() over () as row_id, period, geometry from accepted_{layer}
        where geometry is not null and period in (select period from submission)
    """).to_arrow_table()
    townships = con.execute("""
        select township_code as part_code, null::varchar as consolidation_zone, null::varchar as restoration_zone, geometry
        from accepted_admin_boundary where period = (select max(period) from accepted_admin_boundary)
    """).to_arrow_table()
    if not features.num_rows or not townships.num_rows:
        return MEASURED.empty_table()
    pieces = overlay(features.select(["row_id", "geometry"]), townships)
    periods = features.select(["row_id", "period"])
    joined = pieces.filter(pieces.column("part_code").is_valid()).join(periods, "row_id")
    summed = joined.group_by(["period", "part_code"]).aggregate([("area_m2", "sum")])
    return summed.rename_columns({"part_code": "township_code", "area_m2_sum": "area_m2"})
