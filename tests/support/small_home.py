"""A home in which submission tables are submitted as if they had just been read, and decided by the real rules."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from contracts import contract
from pipeline.intake.decide import decide_family
from tests.support.arrivals import stage, submission_table
from warehouse.home import Home
from warehouse.ledger import Ledger

A, B = "140404001", "140404101"
DIMENSIONS = ("组织实施", "资金管理", "目标任务完成", "效益及满意度")


def new_home(path: Path) -> Home:
    """An empty home, with something in the archive for the answers to find."""
    home = Home(path / "home").ensure()
    Ledger.open(home).close()  # a home has its ledger before anything is archived
    (home.archive / "somewhere").mkdir()
    (home.archive / "somewhere" / "a.csv").write_text("x\n", encoding="utf-8")
    return home


def submit(home: Home, ledger: Ledger, dataset: str, table: pa.Table) -> str:
    """Submit a submission table and decide its family; gives the submission's id."""
    name = stage(home, ledger, dataset, table)
    decide_family(home, ledger, contract(dataset).family)
    return name


def waste(treated: dict[str, float], period: str = "2025Q1", **more: Any) -> pa.Table:
    """A rural_waste table: tons treated of 100 generated, by township; the declared percentage agrees unless given."""
    return submission_table(
        "rural_waste",
        [
            {
                "reporting_unit": code,
                "period": period,
                "sheet": "Sheet1",
                "township_code": code,
                "village_count": 10,
                "villages_covered": 10,
                "households": 1000,
                "waste_generated_t": 100.0,
                "waste_treated_t": tons,
                "treatment_pct": tons,
                "cells": [("treatment_pct", f"G{n + 2}")],
                **more,
            }
            for n, (code, tons) in enumerate(treated.items())
        ],
    )


def scores(full: dict[str, float], project: str = "A1", period: str = "2024") -> pa.Table:
    """A performance table of one project: full scores by dimension, nine tenths of each reached."""
    return submission_table(
        "performance",
        [
            {
                "reporting_unit": project,
                "period": period,
                "sheet": "Sheet1",
                "project_id": project,
                "dimension": name,
                "full_score": score,
                "score": score * 0.9,
                "cells": [],
            }
            for name, score in full.items()
        ],
    )


def states(ledger: Ledger, name: str) -> dict[tuple[str, str | None], str]:
    return {(record.reporting_unit, record.period): record.state for record in ledger.reporting_units(name)}
