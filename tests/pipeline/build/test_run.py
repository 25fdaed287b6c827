"""The gate and publishing: what must not be seen is not published, and readers never meet anything half done."""

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.gate import GateCheck, GateResult
from pipeline.build import documents, gate_verdict, public_set
from pipeline.build import run as build
from tests.support.polling_reader import reading
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

PUBLICATIONS = 20
INDICATOR = "eco_redline_area"
# one figure of one row: a share that no longer adds up, a value that another mart contradicts
MUTATIONS = {
    "mart_indicator_district": "numerator = numerator * 1.01, value = value * 1.01",
    "mart_indicator_zone": "numerator = numerator * 1.01, value = value * 1.01",
    "mart_indicator_township": "numerator = numerator * 1.01, value = value * 1.01",
    "mart_target_progress": "value = value * 1.01",
}


def change_one_row(home: Home, mart: str, change: str) -> None:
    with duckdb.connect(str(home.build_db)) as con:
        changed = con.execute(f"""
            update marts.{mart} set {change}
            where rowid = (select max(rowid) from marts.{mart} where indicator_code = '{INDICATOR}' and value > 0 and period = '2025')
        """).fetchall()
    assert changed == [(1,)]


def scale(home: Home, factor: float, fingerprint: str) -> None:
    """Another state of the world: an indicator's figures in every mart times a factor, as if made of other inputs."""
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("begin")
        for level in ("district", "zone", "township"):
            con.execute(f"""
                update marts.mart_indicator_{level} set numerator = numerator * {factor}, value = value * {factor}
                where indicator_code = '{INDICATOR}'
            """)
        con.execute(
            f"update marts.mart_target_progress set value = value * {factor}, gap = target_value - value * {factor} "
            f"where indicator_code = '{INDICATOR}'"
        )
        con.execute("update raw.sync_state set inputs_fingerprint = ?", [fingerprint])
        con.execute("commit")


def district_value(home: Home) -> float:
    with duckdb.connect(str(builds.database(home)), read_only=True) as con:
        return con.execute(
            f"select value from mart_indicator_district where indicator_code = '{INDICATOR}' and period = '2025'"
        ).fetchall()[0][0]


def build_names(home: Home) -> set[str]:
    return {folder.name for folder in home.builds.iterdir()}


def pass_unseen(home: Home) -> None:
    """Enter a verdict that passes what the build database holds, without judging it: twenty judgements would take long."""
    with Ledger.open(home) as ledger:
        candidate = gate_verdict.new_candidate(home, ledger, build.public_tables(home.build_db), "unseen")
        gate_verdict.record(home, ledger, candidate, GateResult((GateCheck("any", True),)))


@pytest.mark.parametrize("mart", MUTATIONS)
def test_one_changed_row_of_one_mart_leaves_current_where_it_was(
    copied_home: Home, mart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.readlink(copied_home.current), district_value(copied_home), build_names(copied_home)

    def transform(home: Home, scope: build.Scope) -> dict[str, Any]:
        change_one_row(home, mart, MUTATIONS[mart])
        return {}

    monkeypatch.setattr(build, "transform", transform)
    with pytest.raises(build.GateFailed) as refused:
        build.run(copied_home, steps=("transform", "gate", "publish"))
    assert "生态保护红线面积" in str(refused.value), "the message names what is wrong"
    assert (os.readlink(copied_home.current), district_value(copied_home), build_names(copied_home)) == before


def test_what_the_gate_passed_once_it_passes_again(copied_home: Home) -> None:
    assert build.gate(copied_home)["passed"]


def test_publishing_the_same_again_changes_nothing(copied_home: Home) -> None:
    before, kept = os.readlink(copied_home.current), build_names(copied_home)
    assert not build.is_due(copied_home)
    again = build.publish(copied_home)
    assert (again["is_new"], again["build"]) == (False, Path(before).name)
    assert (os.readlink(copied_home.current), build_names(copied_home)) == (before, kept)


def test_a_reader_never_sees_an_error_or_a_mixed_state(
    copied_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for written_beside in (documents, public_set):  # no reader of the marts opens it
        monkeypatch.setattr(written_beside, "write", lambda *given: None)
    first, kept = district_value(copied_home), build_names(copied_home)
    factor = 1.001
    with reading(copied_home, tmp_path / "stop") as report:
        for number in range(PUBLICATIONS):
            scale(copied_home, factor, f"{number:064x}")
            pass_unseen(copied_home)
            assert build.publish(copied_home)["is_new"]
    assert report["errors"] == []
    assert report["mixed"] == []
    assert report["builds"] > PUBLICATIONS / 2, report
    assert report["reads"] > PUBLICATIONS
    assert district_value(copied_home) == pytest.approx(first * factor**PUBLICATIONS)
    assert len(build_names(copied_home)) == len(kept) + PUBLICATIONS
