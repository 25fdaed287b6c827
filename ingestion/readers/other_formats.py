"""Files of formats that are no table and no layer: what they are, and what their sender is to do with them. Called by
`tabular` and `layer_files` for what they do not read.
"""

from typing import NamedTuple

from ingestion.readers.errors import UnreadableFile
from ingestion.readers.magic import ZIP_MAGIC
from ingestion.readers.zip_members import BROKEN_ZIP, open_zip


class OtherFormat(NamedTuple):
    """A format by its name, and how to send what it holds."""

    zh: str
    en: str
    how_zh: str
    how_en: str


AS_TABLE = ("请在原来的软件里另存为 xlsx 后重新报送", "save it as xlsx in the program that made it, and resubmit")
AS_PICTURE = (
    "请填写表格报送；照片和扫描件与台账压缩在一个 zip 里作附件",
    "fill in the table; photos and scans go into one zip with their ledger",
)
AS_LAYER = (
    "请在 GIS 软件里导出为 GeoPackage 或 Shapefile（CGCS2000）后重新报送",
    "export it as GeoPackage or Shapefile (CGCS2000) and resubmit",
)
UNPACKED = ("请解压后改用 zip 压缩重新报送", "unpack it, pack it as zip and resubmit")

PDF = OtherFormat("PDF 文件", "a PDF", *AS_TABLE)
RTF = OtherFormat("RTF 文档", "an RTF document", *AS_TABLE)
WEB_PAGE = OtherFormat("网页（扩展名像表格）", "a web page", *AS_TABLE)
XML_SHEET = OtherFormat("XML 表格 2003", "an XML spreadsheet of 2003", *AS_TABLE)
XML = OtherFormat("XML 文件", "an XML file", *AS_TABLE)
WEB_ARCHIVE = OtherFormat("单个文件网页（MHTML）", "a web archive (MHTML)", *AS_TABLE)
OPEN_DOCUMENT = OtherFormat("OpenDocument 文件（ods）", "an OpenDocument file", *AS_TABLE)
WORD = OtherFormat("Word 文档", "a Word document", *AS_TABLE)
SLIDES = OtherFormat("演示文稿", "a presentation", *AS_TABLE)
BINARY_WORKBOOK = OtherFormat("二进制工作簿（xlsb）", "a binary workbook (xlsb)", *AS_TABLE)
PICTURE = OtherFormat("图片", "a picture", *AS_PICTURE)
KML = OtherFormat("KML 文件", "a KML file", *AS_LAYER)
GML = OtherFormat("GML 文件", "a GML file", *AS_LAYER)
FLATGEOBUF = OtherFormat("FlatGeobuf 文件", "a FlatGeobuf file", *AS_LAYER)
DRAWING = OtherFormat("CAD 图", "a CAD drawing", *AS_LAYER)
MAPINFO = OtherFormat("MapInfo 文件", "a MapInfo file", *AS_LAYER)
OTHER_ARCHIVE = OtherFormat("rar、7z、gz 等压缩包（应为 zip）", "an archive other than zip", *UNPACKED)
DATABASE = OtherFormat("数据库文件（不是 GeoPackage）", "a database that is no GeoPackage", *AS_LAYER)

# What a file of each format begins with, the longest first where one begins as another does
BEGINNINGS: tuple[tuple[bytes, OtherFormat], ...] = (
    (b"%PDF", PDF),
    (b"{\\rtf", RTF),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"BM", PICTURE),
    (b"II*\x00", PICTURE),
    (b"MM\x00*", PICTURE),
    (b"Rar!", OTHER_ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", OTHER_ARCHIVE),
    (b"\x1f\x8b", OTHER_ARCHIVE),
    (b"AC10", DRAWING),
    (b"fgb\x03", FLATGEOBUF),
    (b"SQLite format 3\x00", DATABASE),
    (b"!table", MAPINFO),
)
WORDS_AT_THE_BEGINNING: tuple[tuple[bytes, OtherFormat], ...] = (
    (b"mime-version:", WEB_ARCHIVE),
    (b"from: <saved by", WEB_ARCHIVE),
    (b"<kml", KML),
    (b"opengis.net/gml", GML),
    (b"urn:schemas-microsoft-com:office:spreadsheet", XML_SHEET),
    (b"<html", WEB_PAGE),
    (b"<!doctype html", WEB_PAGE),
    (b"<table", WEB_PAGE),
    (b"<meta", WEB_PAGE),
    (b"<head", WEB_PAGE),
    (b"<?xml", XML),
)
# Parts by which an archive is another document
PARTS: tuple[tuple[str, OtherFormat], ...] = (
    ("word/", WORD),
    ("ppt/", SLIDES),
    ("xl/workbook.bin", BINARY_WORKBOOK),
    ("mimetype", OPEN_DOCUMENT),
    ("doc.kml", KML),
)
OLE_STREAMS: tuple[tuple[str, OtherFormat], ...] = (("WordDocument", WORD), ("PowerPoint Document", SLIDES))
LOOKED_AT = 2048  # bytes: an XML declaration and the first elements
LONGEST_OF_TEXT = (b"BM", b"AC10", b"!table")  # beginnings that a text may have too: only with a zero byte soon after
ZERO_WITHIN = 64


def other_format(content: bytes) -> OtherFormat | None:
    """The format of a file by its first bytes, None for none of these."""
    head = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    for beginning, found in BEGINNINGS:
        if head.startswith(beginning) and (beginning not in LONGEST_OF_TEXT or b"\0" in head[:ZERO_WITHIN]):
            return found
    if content.startswith(ZIP_MAGIC):
        return _in_archive(content)
    lower = head.lower()
    if lower.startswith((b"<", b"mime-version:", b"from: <saved")):
        return next((found for word, found in WORDS_AT_THE_BEGINNING if word in lower), None)
    return next((found for stream, found in OLE_STREAMS if stream.encode("utf-16-le") in content[: 1 << 20]), None)


def _in_archive(content: bytes) -> OtherFormat | None:
    try:
        with open_zip(content) as archive:
            names = archive.namelist()
    except (*BROKEN_ZIP, ValueError, UnreadableFile):
        return None
    return next((found for part, found in PARTS if any(name.startswith(part) for name in names)), None)


def refuse_other_format(content: bytes) -> None:
    """Raises UnreadableFile for a file of one of these formats, naming it and what to do."""
    if found := other_format(content):
        raise UnreadableFile("reading.other_format", found.zh, how=found.how_zh, found_en=found.en, how_en=found.how_en)
