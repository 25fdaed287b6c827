"""Acts entered again in another home leave there what they left: of submissions that others took the place of, too."""

import shutil
from pathlib import Path

import pytest

from pipeline.intake.withdraw import withdraw
from pipeline.release.acts import acts_of
from pipeline.release.replay import Replay
from pipeline.run import load
from tests.support.few_samples import BOUNDARIES, put
from tests.support.receipt_of import receipt_of
from warehouse.home import Home
from warehouse.ledger import Ledger

STEPS = (
    "01_original/ecology/上党区2024年生态状况年报.xlsx",
    "04_correction/ecology/上党区2024年生态状况年报（更正）.xlsx",
)


@pytest.mark.slow
def test_receipts_of_what_is_in_force_again_after_a_withdrawal_are_written_again(tmp_path: Path) -> None:
    home, again = Home(tmp_path / "home").ensure(), Home(tmp_path / "again").ensure()
    put(home, "clean", *BOUNDARIES)
    load(home, build_marts=False)
    for step in STEPS:
        folder, _, file = step.partition("/")
        put(home, f"sequence/{folder}", file)
        load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        original, corrected = (one.submission_id for one in ledger.submissions(dataset="ecology"))
    withdraw(home, corrected, because="误报", decided_by="王科长")
    shutil.copytree(home.archive, again.archive, dirs_exist_ok=True)
    Ledger.open(again, beside_archive=True).close()
    with Ledger.open(home) as ledger:
        Replay(ledger, again).run(acts_of(ledger))
    for name in (original, corrected):
        here, there = ((receipt_of(one, name) / "receipt.txt").read_text("utf-8") for one in (home, again))
        assert there == here
        assert ("已撤回" in there, "已由" in there) == (name == corrected, False)
