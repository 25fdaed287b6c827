"""Offices whose sheets no list foresees: headings in words of their own, columns that only their content tells, subtotals of
groups under any label, notes that name units, a cover sheet. They change what `tests.support.other_layouts` lays out, and keep the
true address of every cell.
"""

import random
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contracts import FieldSpec, contract, measure_units
from contracts.model import SUMMED_TYPES
from ingestion.normalize.numbers import canonical_unit
from ingestion.normalize.result import NormalizedFile
from ingestion.readers.cells import a1, position
from tests.support.other_layouts.grid import Sheet
from tests.support.other_layouts.lay_out import LaidOut
from tests.support.other_layouts.office import USUAL, Layout

OFFICES = 40
SIMPLE: dict[str, tuple[Any, ...]] = {  # what such an office may choose of the usual ways, each drawn by itself
    "kind": ("xlsx", "xls", "csv-gbk", "csv-bom", "xlsx-zip"),
    "above": ("title", "title and submitter", "form"),
    "period_in": ("title", "file", "column", "line"),
    "period_words": (0, 1, 2, 3),
    "unit_in": ("brackets", "half brackets", "square", "row", "above"),
    "places": ("code and name", "name", "code"),
    "order": ("printed", "shuffled"),
    "extra": ((), ("序号",), ("序号", "备注")),
    "shift": ((0, 0), (3, 1)),
    "totals": ("none", "bottom"),
    "nothing": (None, "—"),
    "sheets": ("one", "one", "by period"),
}
TOWNSHIP_HEADINGS = ("镇街", "街道（乡镇）", "属地", "所在乡镇街道", "镇（街道）名", "单位")
CODE_HEADINGS = ("区划", "统计区划", "镇街编码", "行政区划码")
PROJECT_HEADINGS = ("工程代号", "项目", "工程序列", "项目标识")
BEHIND = ("情况", "数", "合计数", "统计")  # what an office writes behind a heading without saying anything by it
BEFORE = ("本表", "全口径", "实际")
IN_OTHER_WORDS = {  # words of figures' headings, as offices say them that no list foresees
    "产生量": "产出量",
    "处理量": "处置量",
    "处理率": "处置率",
    "农户数": "住户数",
    "行政村数": "村庄数",
    "资金": "经费",
    "复垦面积": "复垦的面积",
    "形象进度": "形象进展",
    "累计完成投资": "累积完成投资",
    "得分": "评分",
    "土地总面积": "国土总面积",
}
BESIDE = {  # what else an office puts into a zip: the same as a scan, a letter, a photo, what its system leaves
    "报送/扫描件.pdf": b"%PDF-1.7\n%%EOF\n",
    "报送/情况说明.docx": b"PK\3\4 a letter",
    "报送/现场照片.jpg": b"\xff\xd8\xff\xe0 a photo",
    "报送/Thumbs.db": b"\xd0\xcf\x11\xe0 thumbnails",
}
GROUPS = ("盆地区小计", "五龙山区小计", "北部片区合计", "A类小计", "片区汇总")
END_OF_WORDS = re.compile(r"[（(\[【/\n]|$")


@dataclass(frozen=True)
class StrangeOffice:
    """Its layout among the usual ones, and its own habits."""

    seed: int
    layout: Layout
    has_own_words: bool
    has_groups: bool
    has_note: bool
    has_cover: bool
    says_it_otherwise: bool


def strange_offices() -> list[StrangeOffice]:
    """OFFICES of them, the same each time."""
    found = []
    for seed in range(OFFICES):
        rng = random.Random(seed)
        layout = replace(USUAL, seed=seed, **{name: rng.choice(choices) for name, choices in SIMPLE.items()})
        found.append(
            StrangeOffice(seed, layout, seed % 2 == 0, seed % 3 != 1, seed % 4 == 0, rng.random() < 0.3, seed % 5 == 0)
        )
    return found


def estrange(laid: LaidOut, office: StrangeOffice, plain: NormalizedFile) -> None:
    """Changes a laid out file by the office's habits. plain: how it is read as it is, for where its headings stand."""
    rng = random.Random(office.seed)
    records = {one.name: one for one in plain.record.sheets if one.ignored is None}
    sheets = [sheet for sheet in laid.sheets if sheet.name in records or None in records]
    for sheet in sheets:
        record = records.get(sheet.name) or records[None]
        columns = [one for one in record.columns if one.field is not None and one.by != "class"]
        _rename(sheet, columns, plain, office, rng)
        if office.has_groups and not laid.layout.is_text and laid.layout.totals in ("none", "bottom"):
            _subtotal(laid, sheet, columns, plain, rng)
    if office.has_note:
        for sheet in sheets:
            sheet.put(sheet.height + 2, 1 + laid.layout.shift[1], _note(plain))
    if office.has_cover and not laid.layout.is_text:
        cover = Sheet("封面")
        cover.put(5, 3, f"上党区{plain.dataset}报表")
        cover.put(7, 3, "编制单位：上党区自然资源局")
        laid.sheets.insert(0, cover)


def _fields(plain: NormalizedFile) -> dict[str, FieldSpec]:
    return contract(plain.dataset).fields


def _rename(sheet: Sheet, columns: list[Any], plain: NormalizedFile, office: StrangeOffice, rng: random.Random) -> None:
    """Headings of townships and projects in words of no list; with own words, those of figures with words around them."""
    for one in columns:
        field = _fields(plain)[one.field]
        at = position(one.cell)
        if at not in sheet.cells:
            continue
        if field.type == "township":
            words = TOWNSHIP_HEADINGS if one.by == "name" or office.layout.places == "name" else CODE_HEADINGS
            sheet.put(*at, rng.choice(words))
        elif field.type == "project":
            sheet.put(*at, rng.choice(PROJECT_HEADINGS))
        elif office.has_own_words and field.is_numeric:
            written = str(sheet.cells[at].value)
            if office.says_it_otherwise:
                written = _otherwise(written)
            end = END_OF_WORDS.search(written).start()  # type: ignore[union-attr]
            before, behind = rng.choice((("", rng.choice(BEHIND)), (rng.choice(BEFORE), "")))
            sheet.put(*at, f"{before}{written[:end]}{behind}{written[end:]}")


def _otherwise(heading: str) -> str:
    for word, other in IN_OTHER_WORDS.items():
        if word in heading:
            return heading.replace(word, other)
    return heading


def put_beside(path: Path) -> None:
    """Puts files of other formats into a zip; another file stays as it is."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "a") as archive:
            for name, content in BESIDE.items():
                archive.writestr(name, content)


def _subtotal(laid: LaidOut, sheet: Sheet, columns: list[Any], plain: NormalizedFile, rng: random.Random) -> None:
    """A row behind the first half of the rows, with the sums of the figures above it."""
    own = [record for name, record in laid.records if name in (sheet.name, None)]
    rows = sorted({position(address)[0] for record in own for address in _addresses(record)})
    above = rows[: len(rows) // 2]
    if len(above) < 2 or not rows:
        return
    keys = [
        position(one.cell)[1] for one in columns if _fields(plain)[one.field].type in ("township", "project", "text")
    ]
    summed = [position(one.cell)[1] for one in columns if _fields(plain)[one.field].type in SUMMED_TYPES]
    if not keys or not summed:
        return
    at = above[-1] + 1
    _insert_row(laid, sheet, at)
    sheet.put(at, max(keys[:2]), rng.choice(GROUPS))
    for column in summed:
        values = [sheet.cells[row, column].value for row in above if (row, column) in sheet.cells]
        if values and all(isinstance(value, int | float) for value in values):
            sheet.put(at, column, round(sum(values), 6))
    laid.control += 1


def _addresses(record: Any) -> list[str]:
    return [*record.cells.values(), *(cell for _, cell in record.class_cells.values())]


def _insert_row(laid: LaidOut, sheet: Sheet, at: int) -> None:
    """Moves what stands from a row on one row down, and the addresses of what is expected there."""
    sheet.cells = {(row + (row >= at), column): shown for (row, column), shown in sheet.cells.items()}
    sheet.merged = [
        (top + (top >= at), left, bottom + (bottom >= at), right) for top, left, bottom, right in sheet.merged
    ]

    def moved(address: str) -> str:
        row, column = position(address)
        return a1(row + (row >= at), column)

    for name, record in laid.records:
        if name in (sheet.name, None):
            record.cells = {key: moved(address) for key, address in record.cells.items()}
            record.class_cells = {key: (moved(head), moved(cell)) for key, (head, cell) in record.class_cells.items()}


def _note(plain: NormalizedFile) -> str:
    """A note that names the units in which the columns are written."""
    own = {canonical_unit(field) for field in _fields(plain).values()} & set(measure_units().values())
    if any(measure_unit is not None and measure_unit.kind == "money" for measure_unit in own):
        return "注：拨款凭证单位：元；本表金额按万元填报"
    return "注：数据截至年底，由各乡镇报送后汇总。"
