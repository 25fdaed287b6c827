"""Intake and builds in a few hundredths of a second, for tests that take hundreds of steps (generated histories).

Real are: reception, archive, reading (each file once, then shared), rules, decisions, ledger, raw tables, overlays, the
verdict of the gate bound to its content, publication, retention, approval, backup, restore. Replaced, all of it here:

- dbt, by `transform`: the raw rows and the ledger replica tables as they are, in the schema of the marts
- the gate's checks (Great Expectations), by one that passes
- maps, the public set, `mart_revision` and Great Expectations' pages, which are left out
- the sandbox's process, for receipts, by a call in this process; what it computes of the same input, by what it was
  before (tests/support/cheap_intake.py)
"""

from collections.abc import Iterator
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
from pipeline.build import documents, due, gate_verdict, maps, public_set, revisions, run
from pipeline.build.scope import LATEST, Scope
from tests.support.cheap_intake import cheapen, share_readings_of_any_file
from warehouse.home import Home
from warehouse.ledger import store
from warehouse.ledger_replicas import TABLES

FIGURES = "mart_figures"
"""Prefix of the marts of figures: all raw rows of a dataset, with their submission, reporting unit and period."""
CODE = "stand-in"
INDICATORS = """
    select max(date '2025-12-31') as data_through -- null without a figure
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


def lighten(patch: pytest.MonkeyPatch) -> None:
    """Replace what builds take long for, until `patch` is undone."""
    patch.setattr(run, "transform", transform)
    for module in (run, gate_verdict, due):
        patch.setattr(module, "code_version", lambda: CODE)
    patch.setattr(gate, "judge", lambda *given: GateResult((GateCheck("stand_in", True),)))
    patch.setattr(revisions, "write_revision", lambda database, before, parquet: {})
    patch.setattr(maps, "made_of", lambda home: "")
    patch.setattr(maps, "write", lambda home, ledger, folder: None)
    patch.setattr(documents, "write", lambda folder, about: None)
    patch.setattr(public_set, "write", lambda folder, about, let_through: None)


@contextmanager
def light_builds(folder: Path) -> Iterator[None]:
    """Replace what is named above, until the block ends. folder: keeps readings."""
    with pytest.MonkeyPatch.context() as patch:
        lighten(patch)
        cheapen(patch, has_receipts=True)
        share_readings_of_any_file(folder, patch)
        patch.setattr(store, "_engine", cache(store._engine))  # keeps its compiled statements
        patch.setattr(store, "NullPool", QueuePool)  # nothing forks here; closed with the ledger
        yield
