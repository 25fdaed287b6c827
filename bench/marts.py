"""What the marts cost: building them at 1, 10 and 100 times the samples' facts, beside the same SQL run straight; and
one resubmission.

Run: python -m bench.marts [--home HOME] [--scales 1 10 100]. HOME holds the clean samples, loaded; without it they are
loaded first. Only copies of it are written to. Districts are multiplied: every township, project, submission and
feature once more for each, so that no row of one meets a row of another. Seconds are CPU seconds of one process, its
threads added up; memory is the peak of the process that builds.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from cli.demo import SAMPLES
from warehouse.home import Home

MOST_TIMES_STRAIGHT = 15.0
MOST_TIMES_LINEAR = 1.5
INDICATOR = "land_consolidation_area"
# columns that name something of one district
NAMES = (
    "project_id",
    "subproject_id",
    "acceptance_no",
    "inspection_no",
    "feedback_no",
    "submission_id",
    "ended_by",
    "boundary_submission_id",
    "zone_submission_id",
    "feature",
    "reporting_unit",
)

OF_A_TOWNSHIP = ("township_", "part_", "village_")


def main() -> None:
    """Measures everything and prints it. Raises SystemExit 1 when a promise is not kept."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--home", type=Path)
    asked.add_argument("--scales", type=int, nargs="+", default=[1, 10, 100])
    asked.add_argument("--child", type=int)
    given = asked.parse_args()
    if given.child:
        print(json.dumps(_child(given.home, given.child)))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Home(given.home.resolve()) if given.home else _loaded(Path(folder) / "home")
        measured = []
        for scale in given.scales:
            copy = Path(folder) / f"{scale}.duckdb"
            shutil.copyfile(home.build_db, copy)
            measured.append(_apart(copy, scale))
            copy.unlink()
            print(_line(measured[-1]), flush=True)
        kept = [_is_straight(measured[0]), _is_linear(measured), _resubmission(home, Path(folder))]
    raise SystemExit(0 if all(kept) else 1)


def _loaded(root: Path) -> Home:
    from pipeline.run import load

    home = Home(root).ensure()
    shutil.copytree(SAMPLES / "clean", home.inbox, dirs_exist_ok=True)
    load(home)
    return home


def _apart(database: Path, scale: int) -> dict[str, Any]:
    """One scale in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.marts", "--home", str(database), "--child", str(scale)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(said.splitlines()[-1]))


def _child(database: Path, scale: int) -> dict[str, Any]:
    facts = _multiply(database, scale)
    _dbt(database)  # parses; views and tables are there
    began, cpu = time.perf_counter(), time.process_time()
    nodes = _dbt(database)
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began_straight = time.process_time()
    _straight(database, nodes)
    straight = time.process_time() - began_straight
    return {
        "scale": scale,
        "facts": facts,
        "wall": seconds,
        "cpu": spent,
        "straight": straight,
        "peak_mb": peak,
        "value": _value(database),
    }


def _multiply(database: Path, scale: int) -> int:
    """Add scale - 1 districts to the raw tables and to the plan's seeds; the rows of all raw tables after it."""
    with duckdb.connect(str(database)) as con:
        con.execute("set preserve_insertion_order = false")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('raw', 'plan') and table_name <> 'sync_state'"
        ).fetchall()
        for schema, table in tables:
            columns = con.execute(
                "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
                [schema, table],
            ).fetchall()
            shown = [
                _renamed(name, kind) if schema == "raw" or name.startswith(OF_A_TOWNSHIP) else f'"{name}"'
                for name, kind in columns
            ]
            # a seed that names no township is the plan of all
            if schema == "plan" and not any("_code" in one and "140404" in str(one) for one in shown):
                continue
            con.execute(f"create temp table once as from {schema}.{table}")
            con.execute(
                f"insert into {schema}.{table} select {', '.join(shown)} from once cross join range(1, {scale}) as district (k)"
            )
            con.execute("drop table once")
        return sum(
            con.execute(f"select count(*) from raw.{table}").fetchall()[0][0]
            for schema, table in tables
            if schema == "raw"
        )


def _renamed(name: str, kind: str) -> str:
    """A column as it stands in district k: codes of townships with the district's own six digits, names of its things
    with its number.
    """
    if kind != "VARCHAR":
        return f'"{name}"'
    moved = f"""regexp_replace("{name}", '140404(\\d)', '14' || lpad((404 + k)::varchar, 4, '0') || '\\1', 'g')"""
    if name in NAMES:
        return f"""case when "{name}" in ('layer') or regexp_full_match("{name}", '140404\\d+') then {moved}
            else regexp_replace({moved}, '^([A-F]\\d)?', '\\1#' || k::varchar) end"""
    return moved


def _dbt(database: Path) -> Any:
    import os

    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from pipeline.build.dbt import PLACES

    os.environ |= {
        "WAREHOUSE_BUILD_DB": str(database),
        "DBT_TARGET_PATH": f"{database}.target",
        "DBT_LOG_PATH": f"{database}.logs",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    try:
        outcome = dbtRunner().invoke(["run", "--quiet", *PLACES])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if not outcome.success:
        failed = [f"{one.node.name}: {one.message}" for one in outcome.result or () if one.status == "error"]
        raise RuntimeError(f"{outcome.exception or ''} {failed}")
    return [one.node for one in outcome.result]


def _straight(database: Path, nodes: Any) -> None:
    """The very SQL that dbt compiled, in dbt's order, without dbt."""
    with duckdb.connect(str(database), config={"threads": 2}) as con:
        for node in nodes:
            kind = node.config.materialized
            con.execute(f"create or replace {kind} {node.schema}.{node.name} as {node.compiled_code}")


def _value(database: Path) -> float:
    with duckdb.connect(str(database), read_only=True) as con:
        row = con.execute(
            "select max(value) from marts.mart_indicator_district where indicator_code = ?", [INDICATOR]
        ).fetchone()
        return float(row[0]) if row else 0.0


def _line(one: dict[str, Any]) -> str:
    return (
        f"{one['scale']}×: {one['facts']:,} rows, build {one['cpu']:.1f} s CPU ({one['wall']:.1f} s), straight "
        f"{one['straight']:.1f} s, {one['cpu'] / one['straight']:.1f} times, peak {one['peak_mb']:.0f} MB, value {one['value']:.2f}"
    )


def _is_straight(one: dict[str, Any]) -> bool:
    ratio = one["cpu"] / one["straight"]
    print(f"warm build / the same SQL straight at {one['scale']}×: {ratio:.1f} (at most {MOST_TIMES_STRAIGHT})")
    return bool(ratio <= MOST_TIMES_STRAIGHT)


def _is_linear(measured: list[dict[str, Any]]) -> bool:
    """Cost by the fact must not grow; every district brings the same figure."""
    kept = True
    for small, large in pairwise(measured):
        more = large["scale"] / small["scale"]
        times = large["straight"] / small["straight"]
        same = abs(large["value"] / small["value"] / more - 1) < 1e-9
        print(
            f"{small['scale']}× → {large['scale']}×: SQL {times:.1f} times, build {large['cpu'] / small['cpu']:.1f} times "
            f"for {more:.0f} times the facts; figures {'as many times' if same else 'DIFFER'}"
        )
        kept = kept and same and times <= MOST_TIMES_LINEAR * more
    return kept


def _resubmission(home: Home, folder: Path) -> bool:
    """Sync of one township's corrected year beside a sync of everything into an empty file."""
    from pipeline.run import load
    from warehouse.ledger import Ledger
    from warehouse.sync import sync

    copy = Home(folder / "copy")
    shutil.copytree(home.root, copy.root, symlinks=True, ignore=shutil.ignore_patterns("published", "dbt_target"))
    sent = copy.inbox / "ecology" / "06"
    shutil.copytree(next((SAMPLES / "sequence").glob("06_*")) / "ecology", sent)
    load(copy, build_marts=False)
    with Ledger.open(copy) as ledger:
        cpu = time.process_time()
        report = sync(copy, ledger)
        changed = time.process_time() - cpu
        cpu = time.process_time()
        sync(copy, ledger, build_db=folder / "empty.duckdb")
        whole = time.process_time() - cpu
    of_facts = ("ecology", "overlay", "forest_land", "land_parcel")
    rows = {name: change for name, change in report.as_dict()["changes"].items() if name in of_facts}
    print(f"one township's resubmission: sync {changed:.2f} s CPU, of everything {whole:.2f} s; rows changed {rows}")
    return changed < whole and set(rows) <= {"ecology"}


if __name__ == "__main__":
    main()
