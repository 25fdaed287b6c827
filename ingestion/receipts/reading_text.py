"""The reading record in a receipt, in a few lines of Chinese. Called by `report_text`."""

from collections.abc import Iterator

from contracts.normalization_log import CONVERSION_KINDS
from contracts.reading_record import COLUMN_READINGS, ROW_KINDS, ReadingRecord, RowKind, SheetRecord

TITLE = "读取说明"
LISTED = 6  # columns, sheets or periods that a line names: receipt.json has all of them
PLAIN = ("heading", "class")  # how columns are known that need no word
OF_HEADINGS: tuple[RowKind, ...] = ("heading", "repeated")  # rows that every table has, and that need no word


def reading_lines(record: ReadingRecord) -> Iterator[str]:
    """What was done with the sheets, rows and columns: a few lines for each sheet that was read."""
    for sheet in record.sheets:
        name = f"“{sheet.name}”" if sheet.name else "本文件"
        if sheet.ignored:
            yield f"{name}未读取：{sheet.ignored}"
            continue
        name += "（行列互换读取，下列行数为列数）" if sheet.turned else ""
        yield f"{name}：{_rows(sheet)}；{_columns(sheet)}"
        if periods := _periods(sheet):
            yield f"报告期：{periods}"
        if declared := _declared(sheet):
            yield f"截至日：{declared}"
    if record.conversions:
        kinds = "、".join(f"{CONVERSION_KINDS[kind].zh} {count} 处" for kind, count in record.conversions.items())
        yield f"与原文写法不同的读取：{kinds}"


def _rows(sheet: SheetRecord) -> str:
    counted = ((title.zh, sheet.count(kind)) for kind, title in ROW_KINDS.items() if kind not in OF_HEADINGS)
    return "、".join(f"{words} {count} 行" for words, count in counted if count) or "没有数据行"


def _columns(sheet: SheetRecord) -> str:
    read = [one for one in sheet.columns if one.field is not None]
    words = [f"读取 {len(read)} 列"]
    for by, title in COLUMN_READINGS.items():
        some = [f"“{one.heading}”" for one in sheet.columns if one.by == by and one.heading]
        if some and by not in PLAIN:
            words.append(f"{title.zh} {'、'.join(some[:LISTED])}{'…' if len(some) > LISTED else ''}")
    return "，".join(words)


def _declared(sheet: SheetRecord) -> str:
    return "；".join(f"{one.where}写“{one.text}”，按截至 {one.day} 读取" for one in sheet.declared[:1])


def _periods(sheet: SheetRecord) -> str:
    return "；".join(
        f"{one.where}写“{one.text}”{'，采用' if one.taken else '，未采用'}" for one in sheet.periods[:LISTED]
    )
