"""The relations that a rule's SQL reads beside `submission` and the `accepted_<dataset>` views that the caller made;
`engine` makes them for the rules of one submission.

- `history`: what is accepted of the submission's own dataset, without geometry and cells, read once
- `submission_value`, `accepted_value`: numeric fields of the dataset, one a row: (submission_id,) row_id,
  reporting_unit, period, field, value
- `previous`: for each row of the submission, that of the same key in the latest earlier period, accepted or of the same
  submission: row_id (the submission's), period, area_m2 (layers), the contract's columns
- `ref_<seed>`: the plan and the official codes (contracts.reference), every value as text
- `ref_field`: fields of the dataset: field, title, is_cumulative. `ref_code`: list, code, position in its list
- `measured_<layer>`: ground of an accepted layer by township: period, township_code, the layer's yes/no fields, area_m2
- `submission_ground`: ground of the submission's own features by township: row_id, township_code, area_m2
- `submission_place`: townships of each row's project (without its sub-project's number): row_id, project_id,
  township_code
- `layer_period`: area of each period of a layer, whole ('whole') and of each of its yes/no fields (part: its name),
  beside that of the latest earlier accepted period: row_id (its first), period, part, area_m2, earlier_area_m2 (null:
  there is none)
- `earlier_feature`: features of the latest earlier accepted period: row_id (the layer's first), key, is_kept (the layer has it
  still)
- `reported`: errors found before: reporting_unit (null: the whole file), field
- what the statements of rules/shared select
Only what the rules read is made, once for all of them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from contracts import Contract, code_lists, contracts
from contracts import contract as layer_contract
from contracts.reference import table
from expectations.addresses import Reported
from expectations.derived import DERIVED, HISTORY, OF_HISTORY

PARAMETER = "$threshold"
"""The one parameter of a rule's SQL."""
RULES = Path(__file__).resolve().parent / "rules"
SHARED = RULES / "shared"
GROUND = pa.schema([("row_id", pa.int64()), ("township_code", pa.string()), ("area_m2", pa.float64())])
OWN_GROUND = "submission_ground"
BOUNDARY = "admin_boundary"
"""The layer by whose townships ground is measured."""


@cache
def _shared() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHARED.glob("*.sql"))}


@contextmanager
def relations(
    con: duckdb.DuckDBPyConnection,
    submission: pa.Table,
    contract: Contract,
    sqls: Iterable[str],
    reported: Reported,
) -> Iterator[None]:
    """Make every relation that these statements read, and take them away afterwards. Layers are seen without their
    geometry. Raises duckdb.ParserException for what is no statement.
    """
    con.register(
        "submission", submission.drop_columns(["geometry"]) if "geometry" in submission.column_names else submission
    )
    con.register("reported", reported.as_table())
    registered, made = ["submission", "reported"], []
    try:
        for name in _needed(sqls):
            if name == OWN_GROUND:
                con.register(name, _ground(con, submission))
                registered.append(name)
            elif name.startswith(("ref_", "measured_")):
                con.register(name, _table(con, name, contract))
                registered.append(name)
            else:
                con.execute(f"create or replace temp table {name} as {_shared().get(name) or DERIVED[name](contract)}")
                made.append(name)
        yield
    finally:
        for name in made:
            con.execute(f"drop table if exists {name}")
        for name in registered:
            con.unregister(name)


@cache
def _tables_of(sql: str) -> tuple[str, ...]:
    """Tables that a statement names, by DuckDB's own parser, which knows no parameters here."""
    return tuple(sorted(duckdb.get_table_names(sql.replace(PARAMETER, "null"))))


def _is_made_here(name: str) -> bool:
    return name.startswith(("ref_", "measured_")) or name == OWN_GROUND or name in DERIVED or name in _shared()


def _needed(sqls: Iterable[str]) -> list[str]:
    """Relations to be made for these statements and for those that they read in their turn, each after what it needs."""
    found: dict[str, None] = {}

    def visit(sql: str) -> None:
        for name in filter(_is_made_here, _tables_of(sql)):
            if name in _shared():
                visit(_shared()[name])
            if name in OF_HISTORY:
                found.setdefault(HISTORY)
            found.setdefault(name)

    for sql in sqls:
        visit(sql)
    return list(found)


def tables_read(sql: str) -> frozenset[str]:
    """Every relation that a rule's statement reads, itself or through those that are made for it."""
    needed = _needed([sql])
    shared = (_tables_of(_shared()[name]) for name in needed if name in _shared())
    return frozenset(_tables_of(sql)).union(needed, *shared)


def accepted_read(sql: str, dataset: str) -> frozenset[str]:
    """Datasets of whose accepted rows a rule of a dataset reads something, itself or through what is made for it."""
    found: set[str] = set()
    for name in tables_read(sql):
        if name == HISTORY:
            found.add(dataset)
        elif name == OWN_GROUND:
            found.add(BOUNDARY)
        elif name.startswith("measured_"):
            found |= {name.removeprefix("measured_"), BOUNDARY}
        elif name.startswith("accepted_"):
            found.add(name.removeprefix("accepted_"))
    return frozenset(found & contracts().keys())


def _table(con: duckdb.DuckDBPyConnection, name: str, contract: Contract) -> pa.Table:
    if name.startswith("measured_"):
        return _measured(con, name.removeprefix("measured_"))
    if name == "ref_field":
        return pa.Table.from_pylist(
            [
                {"field": field, "title": spec.zh, "is_cumulative": spec.cumulative}
                for field, spec in contract.columns.items()
            ]
        )
    if name == "ref_code":
        return pa.Table.from_pylist(
            [
                {"list": item.name, "code": code, "position": position}
                for item in code_lists().values()
                for position, code in enumerate(item.values)
            ]
        )
    return pa.Table.from_pylist(list(table(name.removeprefix("ref_"))))


def _measured(con: duckdb.DuckDBPyConnection, layer: str) -> pa.Table:
    """Ground of a layer's periods that the submission has, within the townships of the latest accepted boundary."""
    flags = [name for name, spec in layer_contract(layer).columns.items() if spec.type == "boolean"]
    features = con.execute(f"""
        select {", ".join(["row_number() over () as row_id", "period", *flags, "geometry"])} from accepted_{layer}
        where geometry is not null and period in (select period from submission)
    """).to_arrow_table()
    pieces = _by_township(con, features)
    joined = pieces.join(features.select(["row_id", "period", *flags]), "row_id")
    summed = joined.group_by(["period", "township_code", *flags]).aggregate([("area_m2", "sum")])
    return summed.rename_columns({"area_m2_sum": "area_m2"})


def _ground(con: duckdb.DuckDBPyConnection, submission: pa.Table) -> pa.Table:
    """Pieces of a submission's valid polygons by township; a faulty one is another check's, and has none."""
    import shapely

    shapes = shapely.from_wkb(submission.column("geometry").to_numpy(zero_copy_only=False))
    return _by_township(con, submission.select(["row_id", "geometry"]).filter(pa.array(shapely.is_valid(shapes))))


def _by_township(con: duckdb.DuckDBPyConnection, features: pa.Table) -> pa.Table:
    """Pieces of features (row_id, geometry) within the townships of the latest accepted boundary; what lies outside of
    them is left out.
    """
    from spatial.overlay import overlay

    townships = con.execute("""
        select township_code as part_code, null::varchar as consolidation_zone, null::varchar as restoration_zone, geometry
        from accepted_admin_boundary where period = (select max(period) from accepted_admin_boundary)
    """).to_arrow_table()
    if not features.num_rows or not townships.num_rows:
        return GROUND.empty_table()
    pieces = overlay(features.select(["row_id", "geometry"]), townships)
    within = pieces.filter(pieces.column("part_code").is_valid())
    return within.select(["row_id", "part_code", "area_m2"]).rename_columns(GROUND.names).cast(GROUND)
