"""The index of all receipts by file name, as a page and as a table. Called by `pipeline.intake.receipt_index`."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from contracts.text import csv_text
from ingestion.receipts.names import TEXT_NAME

PAGE_NAME, TABLE_NAME = "index.html", "索引.csv"
INDEX_NAMES = frozenset((PAGE_NAME, TABLE_NAME))
HEADINGS = (
    "文件",
    "收到时间",
    "报送人",
    "报表",
    "报告期",
    "结果",
    "读取行",
    "接收行",
    "未接收行",
    "合计行",
    "回执编号",
    "回执",
)
STYLE = (
    "body{font-family:sans-serif;margin:1em}table{border-collapse:collapse}"
    "th,td{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top}"
    "th{background:#d9d9d9;position:sticky;top:0}td.n{text-align:right}"
    "@page{size:landscape}@media print{thead{display:table-header-group}}"
)


@dataclass(frozen=True)
class IndexRow:
    """One receipt. received_at: in the district's time, to the minute; rows: read, accepted, held, total rows; place: of its
    folder, relative to the index.
    """

    file_name: str
    received_at: str
    sender: str
    dataset: str
    periods: str
    state: str
    rows: tuple[int, int, int, int]
    submission_id: str
    place: str

    @property
    def values(self) -> tuple[str | int, ...]:
        before = (self.file_name, self.received_at, self.sender, self.dataset, self.periods, self.state)
        return (*before, *self.rows, self.submission_id, self.place)


def index_table(rows: Iterable[IndexRow]) -> str:
    """The index as CSV, with a byte order mark, so that Excel shows Chinese; no text becomes a formula."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([csv_text(value) for value in row.values] for row in rows)
    return text.getvalue()


def index_page(rows: Sequence[IndexRow], made_at: str) -> str:
    """The index as HTML, each file name leading to its receipt. made_at: what stands above it."""
    head = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    body = "\n".join(map(_row, rows))
    return (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>回执索引</title><style>{STYLE}</style></head>'
        f"<body>\n<h1>回执索引</h1>\n<p>共 {len(rows)} 份，按文件名、收到时间排列；{escape(made_at)}。</p>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>\n</body></html>\n"
    )


def _row(row: IndexRow) -> str:
    place = quote(row.place)
    file_name, *others, last = row.values
    cells = [f'<td><a href="{place}/{TEXT_NAME}">{escape(str(file_name))}</a></td>']
    cells += [
        f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{escape(value)}</td>" for value in others
    ]
    return f'<tr>{"".join(cells)}<td><a href="{place}/">{escape(str(last))}</a></td></tr>'
