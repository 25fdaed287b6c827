"""The rows of a query as a file that Excel and WPS open: Chinese headings, units, numbers as numbers. Called by the command
line.
"""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts import DISTRICT_TIME, calendar
from contracts.text import csv_text

if TYPE_CHECKING:
    from reporting.headings import Column
    from warehouse.serving import Connection

BYTE_ORDER_MARK = "\ufeff"
"""Before a CSV by which Excel sees that it is UTF-8."""
QUERY = "查询结果"


def as_csv(con: "Connection", sql: str, *, is_chinese: bool) -> str:
    """All rows as CSV for Excel: a byte order mark, moments in the district's time, no text that becomes a formula.
    is_chinese: headings are titles with units, else the columns' names. Raises ServedError.
    """
    from reporting.headings import headings

    columns, rows = _fetched(con, sql)
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(map(csv_text, headings(columns) if is_chinese else [one.name for one in columns]))
    writer.writerows([csv_text(_local(value)) for value in row] for row in rows)
    return text.getvalue()


def write_xlsx(con: "Connection", sql: str, target: Path, *, is_chinese: bool) -> int:
    """Write all rows as a workbook of one table; gives their number. is_chinese: headings are titles with units, else the
    columns' names. Raises OSError when it cannot be written, ValueError for more rows than a sheet is given, ServedError.
    """
    from reporting.headings import Column
    from reporting.workbooks.book import MOST_ROWS, Book, Sheet

    columns, rows = _fetched(con, sql)
    if not is_chinese:
        columns = [Column(one.name, one.kind, one.name) for one in columns]
    if len(rows) > MOST_ROWS:
        raise ValueError(
            f"{len(rows):,} 行，超过工作表的 {MOST_ROWS:,} 行，请加条件，或用 --format csv (more rows than a sheet is given: "
            "narrow the query, or use --format csv)"
        )
    lines = (f"{len(rows):,} 行；空单元格是没有数据，不是零 ({len(rows):,} rows; empty cells mean no data)", sql)
    with Book(target, QUERY, sql, calendar.today()) as book:
        book.add(Sheet(QUERY, QUERY, lines, columns, rows, "query"))
    return len(rows)


def _fetched(con: "Connection", sql: str) -> "tuple[Sequence[Column], list[tuple[Any, ...]]]":
    """The columns of a query, with their titles, and all its rows."""
    from reporting.headings import columns_of_query

    found = con.execute(sql)
    described = [(str(name), str(kind)) for name, kind, *_ in found.description]
    rows = found.fetchall()
    return columns_of_query(con, sql, described), rows


def _local(value: Any) -> Any:
    """A moment in the district's time, to the second, without its zone, which Excel would take for text."""
    return (
        value.astimezone(DISTRICT_TIME).replace(tzinfo=None, microsecond=0)
        if isinstance(value, datetime) and value.tzinfo
        else value
    )
