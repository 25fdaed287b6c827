"""A home with an approved edition, and with what people sent and decided after it."""

import json
from datetime import date
from typing import Any, NamedTuple

from filelock import FileLock

from pipeline.build import run as build
from pipeline.intake.accept import accept
from pipeline.intake.waive import waive
from pipeline.release.approve import approve
from pipeline.run import load
from tests.support.copies import copy_of
from tests.support.few_samples import put
from warehouse.home import Home
from warehouse.ledger import Ledger

CORRECTED = "ecology/苏店镇2024年生态状况更正.xlsx"


class Corrected(NamedTuple):
    """submission_id: of the corrected year; first_errors: the rules that held it before it was confirmed; was_due:
    whether a build was due while it was held.
    """

    home: Home
    submission_id: str
    first_errors: list[str]
    was_due: bool


def corrected_copy(before: Home, name: str) -> Corrected:
    """A copy of a home in which a corrected year came for a closed period, was held, confirmed and published; a faulty
    file, one that nobody recognises, and after the build one that had come before, came too. Made by the worker that
    asks first, for all.
    """
    home = Home(before.root.with_name(name))
    record = home.root.with_name(f"{name}.json")
    with FileLock(home.root.with_name(f"{name}.lock")):
        if not record.exists():
            record.write_text(json.dumps(_correct(before, home)))
    return Corrected(home, **json.loads(record.read_text()))


def _correct(before: Home, home: Home) -> dict[str, Any]:
    """The same as `Corrected`, without the home."""
    copy_of(before, home.root)
    approve(home, "王局长", period="2025")
    put(home, "sequence/06_partial", CORRECTED)
    assert load(home, build_marts=False)["decided"]["statistics"]["held"] == 1
    was_due = build.is_due(home)
    with Ledger.open(home) as ledger:
        sent = ledger.submissions()[-1].submission_id
        errors = [item.rule_id for item in ledger.findings(sent) if item.severity == "error"]
    waive(
        home,
        "land_use.land_total_vs_boundary",
        "荫城镇",
        approver="李局长",
        because="界线调整中",
        until_on=date(2040, 1, 1),
        today=date(2026, 1, 1),
    )
    accept(home, sent, ["苏店镇"], because="更正", decided_by="王科长")
    put(home, "traps", "rural_waste/垃圾季报2025第五季度.xlsx")
    unknown = home.inbox / "unknown" / "a.xlsx"
    unknown.parent.mkdir()
    unknown.write_bytes(b"PK\x03\x04 no workbook")
    assert load(home)["built"]
    put(home, "clean", "rural_waste/农村垃圾季报2024-3.xls")
    assert load(home)["built"] == {}
    return {"submission_id": sent, "first_errors": errors, "was_due": was_due}
