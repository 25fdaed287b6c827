"""Bytes of a text file as text: UTF-8, UTF-16 and GB18030, told apart by what they hold. Called by `delimited`, and by the first look into
a file."""

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
# Of the bytes of a text in UTF-16, every other one of each line feed, comma and digit is zero, and one of 一 (U+4E00); a text in
# UTF-8 or GB18030 has none. In the wrong order of bytes the characters are of scripts that no table of the district has.
UTF16_ORDERS = ("utf-16-le", "utf-16-be")
PLAIN = re.compile(
    r"[\t\n\r -~\u00b0-\u00ff\u2010-\u206f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2460-\u249f\u33a1\u2103]"
)
PARTS = re.compile(r"[\t\n\r,;|]")
PLAIN_IN_UTF16 = 0.9
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
    if utf16 := utf16_order(content):
        return _checked(_strict(content, utf16))
    if content[:HEAD_BYTES].count(0) > 1:
        raise UnreadableFile("reading.not_text", "0")
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        if _is_faulty_utf8(content[max(error.start - FAULT_BYTES // 2, 0) :][:FAULT_BYTES]):
            raise _fault(content, error, "UTF-8") from None
    return _checked(_strict(content, "gb18030"))


def utf16_order(content: bytes) -> str | None:
    """UTF-16 without a byte order mark: of the two orders the one in which the text's beginning has the characters of a table."""
    head = content[:HEAD_BYTES]
    if 0 not in head:
        return None
    shares = {encoding: _plain_share(head.decode(encoding, errors="replace")) for encoding in UTF16_ORDERS}
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= PLAIN_IN_UTF16 else None


def _plain_share(text: str) -> float:
    """Which part of a text are characters of Chinese or English tables; 0 where nothing in it parts fields or lines."""
    return len(PLAIN.findall(text)) / len(text) if PARTS.search(text) else 0.0


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
