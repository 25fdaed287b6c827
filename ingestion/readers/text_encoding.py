"""Bytes of a text file as text: UTF-8, UTF-16 and GB18030, told apart by what they hold. Called by `delimited`."""

import codecs
import re

from ingestion.readers.cells import UnreadableFile

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NOT_DECODED, NOT_ASCII = re.compile("[\udc80-\udcff]"), re.compile(r"[^\x00-\x7f]")
HEAD_BYTES = 4096  # by which UTF-16 is told: a heading and some rows
FAULT_BYTES = 1 << 20  # around the first fault, by which it is told whether the text is UTF-8 apart from it
# Of the bytes of a text in UTF-16, every other one of each line feed, comma and digit is zero; a text in UTF-8 or GB18030
# has none.
UTF16_ZEROS = 0.1
# what the decoders of UTF-8, GB18030 and UTF-16 say of a text that ends within a character
CUT = ("unexpected end of data", "incomplete multibyte sequence", "truncated data")
SHOWN_AROUND = 6  # characters before a fault, by which its place is found in the file
# Faults to good characters: of a text in GB18030 read as UTF-8 nearly every byte is a fault, of one in UTF-8 that a program
# damaged the fewer.
MOST_FAULTS_IN_UTF8 = 0.5


def decode(content: bytes) -> str:
    """Text of a file by its byte order mark, else UTF-16 by its zero bytes, else UTF-8, else GB18030.

    Raises UnreadableFile, naming line and place, for a byte that is no part of a character, a file that ends within one, and
    control characters, which no table has.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _checked(_strict(content[len(mark) :], encoding))
    if utf16 := _utf16(content):
        return _checked(_strict(content, utf16))
    if content[:HEAD_BYTES].count(0) > 1:
        raise UnreadableFile("reading.not_text", "0")
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        if _is_faulty_utf8(content[max(error.start - FAULT_BYTES // 2, 0) :][:FAULT_BYTES]):
            raise _fault(content, error, "UTF-8") from None
    return _checked(_strict(content, "gb18030"))


def _utf16(content: bytes) -> str | None:
    """UTF-16 without a byte order mark, by where its zero bytes stand."""
    head = content[:HEAD_BYTES]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < UTF16_ZEROS * len(head) or min(even, odd):
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _is_faulty_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", errors="surrogateescape")
    faults = len(NOT_DECODED.findall(text))
    return faults <= MOST_FAULTS_IN_UTF8 * (len(NOT_ASCII.findall(text)) - faults)


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _fault(content, error, encoding.upper()) from None


def _fault(content: bytes, error: UnicodeDecodeError, encoding: str) -> UnreadableFile:
    before = content[: error.start].decode(error.encoding, errors="replace")
    line = before.count("\n") + 1
    if error.start > 0 and error.reason in CUT:
        return UnreadableFile("reading.cut_text", str(line))
    after = before[-SHOWN_AROUND:].rpartition("\n")[2]
    return UnreadableFile("reading.bad_encoding", f"第 {line} 行“{after}”之后（{encoding}）")


def _checked(text: str) -> str:
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise UnreadableFile("reading.control_character", f"第 {line} 行（U+{ord(found[0]):04X}）")
    return text
