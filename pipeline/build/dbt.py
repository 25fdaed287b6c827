"""dbt in this process: parsed once for all the builds that a process makes, and the database closed behind it."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
PLACES = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]


class TransformFailed(RuntimeError):
    """dbt did not build everything, or one of its tests failed; the message names what."""


def dbt_build(database: Path, logs: Path, code_version: str) -> list[tuple[str, str, str | None]]:
    """Seeds, models and their tests into a DuckDB file: id, status and message of every node that ran.

    logs: folder of dbt's log. code_version: of the project's files; the same are parsed once. What dbt knows of the run
    stands in dbt_target beside the file. Raises TransformFailed where dbt does not come to run them, or one of them
    fails.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ |= {
        "WAREHOUSE_BUILD_DB": str(database),
        "DBT_TARGET_PATH": str(database.parent / "dbt_target"),
        "DBT_LOG_PATH": str(logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    try:
        manifest = _parsed(database.stem, code_version).deepcopy()  # a run writes into it
        # dbt's unit tests judge our SQL, not the data: they run in the test suite
        ran = _result(
            dbtRunner(manifest=manifest).invoke(["build", "--quiet", "--exclude-resource-type", "unit_test", *PLACES])
        )
    finally:
        DuckDBConnectionManager.close_all_connections()  # the adapter keeps the file open, and nobody else could
    nodes = [(run.node.unique_id, str(run.status), run.message) for run in ran]
    if failed := [
        f"{name}: {message}" for name, status, message in nodes if status in ("error", "fail", "runtime error")
    ]:
        raise TransformFailed("; ".join(failed))
    return nodes


@cache
def _parsed(catalog: str, code_version: str) -> "Manifest":
    """The parsed project; relations in it name the catalog, which DuckDB calls after the file."""
    from dbt.cli.main import dbtRunner

    return _result(dbtRunner().invoke(["parse", "--quiet", *PLACES]))


def _result(of: Any) -> Any:
    if of.exception:
        raise TransformFailed(str(of.exception)) from of.exception
    return of.result
