"""docs/报送指南.md: the keys that its table of receipt.json names are those of a receipt."""

import re
from typing import Any

from contracts import finding
from contracts.normalization_log import Conversion
from ingestion.receipts import SubmissionSummary, UnitSummary
from ingestion.receipts.document import document
from warehouse.home import CHECKOUT

TEXT = (CHECKOUT / "docs" / "报送指南.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<keys>`[^|]*) \| (?P<content>[^|]*) \|$", re.M)
NAME = re.compile(r"`(\w+)`")
LISTS = ("units", "findings", "conversions")
VALUES = {"geometry"}
"""Names in the content that are values of a key, not keys."""


def named() -> dict[str, list[str]]:
    """The keys of a receipt that the guide names, each with the names in the content of its row."""
    _, _, section = TEXT.partition("\n## receipt.json\n")
    return {key: NAME.findall(row["content"]) for row in ROW.finditer(section) for key in NAME.findall(row["keys"])}


def receipt(dataset: str) -> dict[str, Any]:
    conversions = (Conversion("Sheet1", "C5", "forest_area_ha", "full_width", "１２", "12"),)
    submission = SubmissionSummary(
        "S20260120-000001", dataset, "2026-01-20T10:05:00+08:00", converted=1, conversions=conversions
    )
    return document(
        submission, "a.xlsx", [finding("normalize.period_missing")], [UnitSummary("140404102", "2025", "accepted")]
    )


def test_the_guide_names_every_key_of_a_receipt_and_no_other() -> None:
    assert set(named()) == set(receipt("ecology"))


def test_the_guide_names_every_key_of_units_findings_and_conversions_and_no_other() -> None:
    receipts = [receipt("ecology"), receipt("wetland")]
    for name in LISTS:
        held = {key for one in receipts for item in one[name] for key in item}
        assert set(named()[name]) - VALUES == held, name
