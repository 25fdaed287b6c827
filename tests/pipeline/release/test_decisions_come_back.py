"""Whatever people decided stands in a restored and in a rebuilt home as it did: withdrawals, judgings again, ended waivers,
reopened periods, revoked editions, a rollback.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline.build import run as build
from pipeline.calendar.periods import open_again
from pipeline.intake.rejudge import rejudge
from pipeline.intake.waive import end_waiver, waive
from pipeline.intake.withdraw import withdraw
from pipeline.release.approve import approve, revoke
from pipeline.release.backup import backup
from pipeline.release.rebuild import rebuild
from pipeline.release.restore import restore
from pipeline.release.rollback import release, roll_back
from pipeline.release.verify import verify
from pipeline.run import load
from tests.pipeline.release.test_rebuild import history
from tests.support.copies import copy_of
from tests.support.corrected_home import Corrected
from tests.support.dbt_builds import without_data_tests
from tests.support.few_samples import put
from tests.support.receipt_of import receipt_of
from warehouse.editions import approved
from warehouse.home import Home
from warehouse.ledger import Ledger

RULE = "rural_waste.part_exceeds_whole"


def decide_everything(home: Home, corrected: str) -> None:
    """Take back all kinds of decisions, then publish. corrected: a submission that was let in."""
    put(home, "traps", "rural_waste/2025年3季度垃圾处理（超产生量）.xlsx")
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        sent = ledger.submissions()[-1].submission_id
        [held] = [one.reporting_unit for one in ledger.reporting_units(sent) if one.state == "held"]
    until, today = date(2099, 1, 1), date(2026, 1, 1)
    waiver, let_in = waive(home, RULE, held, approver="李局长", because="复核中", until_on=until, today=today)
    assert len(let_in) == 1
    end_waiver(home, waiver.waiver_id, because="复核完毕", ended_by="李局长")
    assert [one.is_changed for one in rejudge(home, [sent], because="豁免已终止")] == [True]
    withdraw(home, corrected, because="误报", decided_by="王科长", even_closed=True)
    open_again(home, "rural_waste", "2024Q3", because="补报", decided_by="王科长")
    revoke(home, "2025.1", because="误批", by="王局长")
    build.run(home)
    roll_back(home, "previous", because="数据有误", by="王局长")
    release(home, because="已更正", by="王局长")
    build.run(home)
    approve(home, "王局长", period="2025-06", because="重新上报")


def restored(home: Home, into: Home) -> dict[str, object]:
    folder = into.root.with_name("backup")
    assert backup(home, folder)["lacking"] == {}
    return restore(folder, into)


@pytest.mark.slow
@pytest.mark.thorough
def test_what_people_decided_comes_back(corrected: Corrected, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    copy_of(corrected.home, home.root)
    ways: dict[str, Callable[[Home, Home], dict[str, object]]] = {"restored": restored, "rebuilt": rebuild}
    with without_data_tests():
        decide_everything(home, corrected.submission_id)
        reports = {name: make(home, Home(tmp_path / name)) for name, make in ways.items()}
    for name, report in reports.items():
        again = Home(tmp_path / name)
        assert (report["equal"], report["different"]) == (True, []), name
        assert report["editions"] == ["2025.1", "2025-06.1"], name
        assert approved(again) == approved(home) and approved(again)[0].is_revoked
        assert verify(again).findings == (), name
        with Ledger.open(home) as ledger, Ledger.open(again) as second:
            assert history(second) == history(ledger), name
            assert second.decisions() == ledger.decisions()
            for one in ledger.submissions():
                here, there = (
                    (receipt_of(which, one.submission_id) / "receipt.txt").read_text("utf-8") for which in (home, again)
                )
                assert there == here, (name, one.file_name)
            assert second.waivers() == ledger.waivers()
            assert second.periods() == ledger.periods()
            now, then = second.snapshot(), ledger.snapshot()
            assert (now.in_force, now.reporting_units, now.findings) == (
                then.in_force,
                then.reporting_units,
                then.findings,
            )
            assert now.outcomes_fingerprint == then.outcomes_fingerprint
