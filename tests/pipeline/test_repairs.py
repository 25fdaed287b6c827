"""What was repaired in a file goes from its reading to its receipt."""

import json

import openpyxl
import pytest

from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow


def test_a_receipt_lists_every_repaired_cell(clean_home: Home) -> None:
    with Ledger.open(clean_home) as ledger:
        submission = next(one for one in ledger.submissions(dataset="ecology") if one.file_name == "上党区2023年生态状况年报.xlsx")
    folder = clean_home.receipts / submission.submission_id
    told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    assert (told["findings"], told["repaired"], len(told["repairs"])) == ([], 40, 40)
    first = {key: told["repairs"][0][key] for key in ("sheet", "cell", "field", "kind", "written", "taken")}
    assert first == {
        "sheet": "生态年报", "cell": "D4", "field": "land_area_ha", "kind": "thousands", "written": "3,448.98", "taken": "3448.98"}
    book = openpyxl.load_workbook(next(folder.glob("*.xlsx")))
    assert book.sheetnames == ["审核结果", "自动规范", "生态年报"]
    assert [cell.value for cell in book["自动规范"][2]] == ["生态年报", "D4", "土地总面积", "3,448.98", "3448.98", "去掉千分位分隔符"]
    assert "【自动规范】40 处" in (folder / "receipt.txt").read_text(encoding="utf-8")
