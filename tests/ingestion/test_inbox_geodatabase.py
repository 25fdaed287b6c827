"""A File Geodatabase is a folder of files: copied into the inbox it is one submission, and is read."""

import shutil
from pathlib import Path

from pipeline.intake.receive import read_batch, receive
from tests.support.other_layouts.layers import SURVEYORS, normalized, rewrite
from warehouse.home import Home
from warehouse.ledger import Ledger

FILE = "wetland/2023年湿地图斑.gpkg"


def test_a_loose_geodatabase_is_one_submission(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    folder = rewrite(FILE, SURVEYORS["File Geodatabase as a folder"], tmp_path)
    (home.inbox / "wetland").mkdir()
    shutil.copytree(folder, home.inbox / "wetland" / "2023年湿地图斑.gdb")
    assert receive(home, settle_seconds=0) == {"spatial": 1}
    with Ledger.open(home) as ledger:
        (submission,) = ledger.submissions()
        assert (submission.dataset, submission.file_name) == ("wetland", "2023年湿地图斑.gdb")
    (outcome,) = read_batch(home, [submission.submission_id])
    assert (outcome["readable"], outcome["rows_read"], outcome["errors"]) == (True, normalized(FILE).table.num_rows, 0)
