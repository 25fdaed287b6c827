"""The reading record of a submission as rows of the raw table `reading_item`."""

import json
from dataclasses import replace

from contracts.reading_record import READING_NOTE, ColumnRecord, PeriodCandidate, ReadingRecord, RowRange, SheetRecord
from tests.support.arrivals import ecology, stage
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.reading_items import reading_rows

RECORD = ReadingRecord(
    (
        SheetRecord(
            "表一",
            rows=(RowRange("data", 4, 13), RowRange("subtotal", 14, 14, "平川区")),
            columns=(
                ColumnRecord("B3", "森林面积", "heading", "forest_area_ha", measure_unit="ha"),
                ColumnRecord("C3", "森林復盖", "similar", "forest_coverage_pct", 92.0),
            ),
            periods=(PeriodCandidate("标题", "2025", "2025年", True),),
        ),
        SheetRecord("表二", ignored="空白 (blank)"),
    ),
    {"full_width": 3},
)


def test_each_sheet_row_range_column_period_and_conversion_is_a_row(home: Home, ledger: Ledger) -> None:
    name = stage(home, ledger, "ecology", ecology({"140404001": 1.0}))
    plain = ledger.get(name)
    read = replace(plain, notes={READING_NOTE: json.dumps(RECORD.as_dict(), ensure_ascii=False)})
    rows = list(reading_rows([read]))
    assert [row["item_no"] for row in rows] == list(range(1, 9))
    assert [(row["sheet"], row["part"], row["kind"], row["items"]) for row in rows] == [
        ("表一", "sheet", "read", 1),
        ("表一", "rows", "data", 10),
        ("表一", "rows", "subtotal", 1),
        ("表一", "column", "heading", 1),
        ("表一", "column", "similar", 1),
        ("表一", "period", "taken", 1),
        ("表二", "sheet", "ignored", 1),
        (None, "conversion", "full_width", 3),
    ]
    assert [(row["written"], row["read_as"], row["score"]) for row in rows[2:7]] == [
        ("平川区", None, None),
        ("森林面积", "forest_area_ha", None),
        ("森林復盖", "forest_coverage_pct", 92.0),
        ("2025年", "2025", None),
        ("空白 (blank)", None, None),
    ]
    assert list(reading_rows([plain])) == [], "an older ledger has no such note"
    assert list(reading_rows([replace(read, state="received")])) == [], "not read by then"
