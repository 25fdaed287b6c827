"""CSV and TSV as raw cells. Called by `ingestion.readers.tabular` for what is neither a zip nor an old workbook.

Decoded in Python: DuckDB's own decoding of GB18030 has been seen to corrupt rows.
"""

import csv
import io

from ingestion.readers.cells import RawRow, RawSheet, UnreadableFile, check_size, check_text

DELIMITERS = (",", "\t", ";", "，", "|")
# Lines by which the delimiter is found: a title, notes and a heading of several rows, and a dozen rows of figures.
SAMPLED_LINES = 30
CONTROL = frozenset(map(chr, range(32))) - {"\t", "\r", "\n"}


def read_delimited(content: bytes) -> RawSheet:
    """Cells of a delimited text in UTF-8, UTF-16 with a byte order mark, or GB18030, texts without outer white space.

    Raises UnreadableFile for what is no text, is cut within a character, or is beyond the limits.
    """
    check_size(content.count(b"\n"))
    text = decode(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows, cells = [], 0
    try:
        for number, record in enumerate(reader, start=1):
            values = tuple(check_text(value.strip()) or None for value in record)
            cells += len(values)
            check_size(cells, rows=1, columns=len(values))
            if any(values):
                rows.append(RawRow(number, values))
    except csv.Error as error:
        raise UnreadableFile("reading.unreadable", f"不是有效的 CSV（{error}）") from None
    return RawSheet(name=None, rows=tuple(rows))


def decode(content: bytes) -> str:
    """Text of a file by its byte order mark, else UTF-8, else GB18030. Raises UnreadableFile when it is no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding.startswith("utf-8") and error.reason == "unexpected end of data" and error.start > 0:
                raise UnreadableFile("reading.unreadable", "文件不完整，最后一个字符被截断") from None
            continue
        if not CONTROL.intersection(text):
            return text
    raise UnreadableFile("reading.unreadable", "不是表格文件，也不是文本")


def _delimiter(text: str) -> str:
    """The most frequent delimiter of the first lines."""
    lines = [line for line in text.splitlines()[: SAMPLED_LINES * 2] if line.strip()][:SAMPLED_LINES]
    return max(DELIMITERS, key=lambda delimiter: sum(line.count(delimiter) for line in lines))
