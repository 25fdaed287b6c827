"""Tables for people show moments in the time of the district, and say so in their heading."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from cli import approvals, decisions
from cli.printing import moment, print_rows
from pipeline.calendar import periods
from pipeline.intake import overview
from pipeline.release import published
from warehouse.served_connection import Connection
from warehouse.settings import Queries

EVENING = datetime(2026, 1, 5, 20, 30, tzinfo=UTC)
NEXT_MORNING = "2026-01-06 04:30"
WORDS = {"because": "核实", "dataset": "ecology", "reporting_unit": "A1", "period": "2025", "recorded_by": "wang"}
DECISION = SimpleNamespace(
    **WORDS, decision_id="D1", kind="confirmed", submission_id="S1", rules=(), decided_by="王", decided_at=EVENING
)
WAIVER = SimpleNamespace(
    **WORDS, waiver_id="W1", rule_id="r", approver="李", granted_at=EVENING, ended_at=None, until_on=date(2026, 2, 1)
)
EDITION = SimpleNamespace(
    edition="2025-07.1",
    build_id="B1",
    approved_by="王",
    login="wang",
    approved_at=EVENING,
    because="",
    closes=(),
    is_revoked=False,
)
PERIOD = SimpleNamespace(
    period=SimpleNamespace(dataset="ecology", period="2025", due_on=None, is_open=True),
    decided_by="王",
    last=SimpleNamespace(at=EVENING),
    because="",
    missing=(),
)


def test_a_moment_is_printed_in_the_time_of_the_district() -> None:
    assert moment(EVENING) == NEXT_MORNING


@pytest.mark.parametrize(
    ("command", "module", "name", "row"),
    [
        (decisions.decisions, overview, "decisions", DECISION),
        (decisions.waivers, overview, "waivers", WAIVER),
        (approvals.editions, published, "approved_editions", EDITION),
        (lambda: approvals.periods(None, None, "", None, False), periods, "statuses", PERIOD),
    ],
    ids=["decisions", "waivers", "editions", "periods"],
)
def test_a_table_shows_its_moments_in_the_time_of_the_district(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Callable[[], None],
    module: Any,
    name: str,
    row: SimpleNamespace,
) -> None:
    monkeypatch.setattr(module, name, lambda *_: [row])
    command()
    out = capsys.readouterr().out
    assert "(北京时间)" in out and NEXT_MORNING in out


def _printed(sql: str, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    with Connection(duckdb.connect(), Queries()) as con:
        print_rows(con.execute(sql), form)
    return capsys.readouterr().out


def test_json_has_null_for_what_is_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    sql = (
        "select 'nan'::double as a, '-inf'::float as b, ['inf'::double, 1.5] as c, {'d': 'nan'::double} as e, '=1' as f"
    )
    assert _printed(sql, "json", capsys) == '{"a": null, "b": null, "c": [null, 1.5], "e": {"d": null}, "f": "=1"}\n'


def test_no_text_of_a_csv_becomes_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    sql = "select '=cmd|calc' as \"=x\", '@a' as b, '+1' as c, -1.5 as d, '甲' as e, null as f"
    assert _printed(sql, "csv", capsys) == "'=x,b,c,d,e,f\r\n'=cmd|calc,'@a,'+1,-1.5,甲,\r\n"
