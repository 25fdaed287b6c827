"""Runs dbt in this process for pipeline.build.run: parsed once for all the builds that a process makes, and the
database closed afterwards.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.failures import TransformFailed
from warehouse.home import CHECKOUT

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = CHECKOUT / "dbt_project"
PLACES = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
# Nothing on the terminal: TransformFailed names what failed; dbt's log file has all.
SILENT = ["--log-level", "none", "--log-level-file", "info"]
# dbt's unit tests judge our SQL, not the data: they run in the test suite
BUILD = ("build", *SILENT, "--exclude-resource-type", "unit_test")


def dbt_build(database: Path, logs: Path, code_version: str) -> list[tuple[str, str, str | None]]:
    """Build seeds, models and their tests into a DuckDB file: id, status and message of every node that ran.

    logs: folder of dbt's log. code_version: of the project's files; the same code is parsed once in a process. What dbt
    writes about the run stands in the folder `dbt_target` beside the file. Raises TransformFailed where dbt does not
    come to run the nodes, or one of them fails.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    with _without_hash(database) as path:
        os.environ |= {
            "WAREHOUSE_BUILD_DB": str(path),
            "DBT_TARGET_PATH": str(database.parent / "dbt_target"),
            "DBT_LOG_PATH": str(logs),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        try:
            manifest = _parsed(database.stem, code_version).deepcopy()  # a run writes into it
            ran = _result(dbtRunner(manifest=manifest).invoke([*BUILD, *PLACES]))
        finally:
            DuckDBConnectionManager.close_all_connections()  # the adapter keeps the file open, and nobody else could
    nodes = [(run.node.unique_id, str(run.status), run.message) for run in ran]
    if failed := [
        f"{name}: {message}" for name, status, message in nodes if status in ("error", "fail", "runtime error")
    ]:
        raise TransformFailed("; ".join(failed))
    return nodes


@contextmanager
def _without_hash(database: Path) -> Iterator[Path]:
    """The path of a database without a `#`, from which dbt-duckdb 1.11 would cut off the file's name, taking it for the
    fragment of a URL: a temporary link leads to a folder whose path has one.
    """
    if "#" not in str(database.parent):
        yield database
        return
    with tempfile.TemporaryDirectory(prefix="warehouse-") as folder:
        link = Path(folder) / "build"
        link.symlink_to(database.parent)
        yield link / database.name


@cache
def _parsed(catalog: str, code_version: str) -> "Manifest":
    """The parsed project; relations in it name the catalog, which DuckDB calls after the file."""
    from dbt.cli.main import dbtRunner

    return _result(dbtRunner().invoke(["parse", *SILENT, *PLACES]))


def _result(outcome: Any) -> Any:
    """What a dbt command returned. Raises TransformFailed when it raised."""
    if outcome.exception:
        raise TransformFailed(str(outcome.exception)) from outcome.exception
    return outcome.result
