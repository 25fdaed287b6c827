"""Intake and builds in a few hundredths of a second, for tests that take hundreds of steps (generated histories).

Real are: reception, archive, reading (each file once, then shared), rules, decisions, ledger, raw tables, overlays, the
verdict of the gate bound to its content, publication, retention, approval, backup, restore. Replaced, all of it here:

- dbt, by `transform`: the raw rows and the ledger replica tables as they are, in the schema of the marts
- the gate's checks (Great Expectations), by one that passes
- maps, `mart_revision` and Great Expectations' pages, which are left out
- the sandbox's process, for receipts and for recognising generated files, by a call in this process
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy.pool import QueuePool

from contracts import contracts
from expectations import gate
from expectations.gate import GateCheck, GateResult
from ingestion import sandbox
from ingestion.sandbox import Outcome
from pipeline.build import gate_verdict, maps, revisions, run
from pipeline.build.scope import LATEST, Scope
from pipeline.intake import dry_run, receipts, receive, reception, remake, restage
from pipeline.intake.sandbox_policy import recognised
from tests.support.shared_readings import key_of_any_file, shared_reading
from warehouse.home import Home
from warehouse.ledger import store
from warehouse.ledger_replicas import TABLES

FIGURES = "mart_figures"
"""Prefix of the marts of figures: all raw rows of a dataset, with their submission, reporting unit and period."""
CODE = "stand-in"
READERS = (receive, dry_run, restage, remake)
"""The modules that read submitted files, each by its own name `read_limited`."""
INDICATORS = """
    select make_date(max(left(period, 4))::integer, 12, 31) as data_through
    from (select period from raw.rural_waste union all select period from raw.ecology)
"""


def transform(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """The stand-in for dbt: marts that show what is in force, and what the ledger's replica tables say."""
    selects = {f"{FIGURES}_{dataset}": f"from raw.{dataset}" for dataset in contracts()}
    selects |= {f"mart_of_{name}": f"from raw.{name}" for name in TABLES}
    selects["mart_submission_status"] = "select *, reporting_unit as unit_name from raw.expected_report"
    selects["mart_indicator_district"] = INDICATORS
    with duckdb.connect(str(scope.database or home.build_db)) as con:
        con.execute("create schema if not exists marts")
        for name, sql in selects.items():
            con.execute(f"create or replace table marts.{name} as {sql}")
    return {"model success": len(selects)}


@contextmanager
def light_builds(folder: Path) -> Iterator[None]:
    """Replace what is named above, until the block ends. folder: keeps readings."""
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "transform", transform)
        for module in (run, gate_verdict):
            patch.setattr(module, "code_version", lambda: CODE)
        patch.setattr(gate, "judge", lambda *given: GateResult((GateCheck("stand_in", True),)))
        patch.setattr(revisions, "write_revision", lambda database, before, parquet: {})
        patch.setattr(maps, "made_of", lambda home: "")
        patch.setattr(maps, "write", lambda home, ledger, folder: None)
        patch.setattr(receive, "_write_docs", lambda home, outcomes: None)
        for module in READERS:
            patch.setattr(module, "read_limited", lambda job: shared_reading(folder, job, key_of=key_of_any_file))
        for module in (reception, dry_run):
            patch.setattr(module, "recognised", _recognised_once())
        patch.setattr(sandbox, "run", _receipts_here(sandbox.run))
        patch.setattr(store, "_engine", cache(store._engine))  # keeps its compiled statements
        patch.setattr(store, "NullPool", QueuePool)  # nothing forks here; closed with the ledger
        yield


def _recognised_once() -> Callable[..., Any]:
    known: dict[tuple[object, ...], Any] = {}

    def recognise(path: Path, file_name: str, hint: str | None) -> Any:
        key = (hashlib.sha256(path.read_bytes()).hexdigest(), file_name, hint)
        if key not in known:
            known[key] = recognised(path, file_name, hint)
        return known[key]

    return recognise


def _receipts_here(real: Callable[..., Outcome]) -> Callable[..., Outcome]:
    def run_function(function: Callable[..., Any], *given: Any, **limits: Any) -> Outcome:
        return Outcome(value=function(*given)) if function is receipts.write else real(function, *given, **limits)

    return run_function
