"""The entries of the normalization log: what was written otherwise than it is stored, and what it was taken for. Such a
conversion is no finding and asks for nothing. Made by `ingestion.normalize`, kept by `warehouse.staged`, shown by receipts.
"""

from dataclasses import dataclass
from typing import Any

from contracts.model import Title

# Every kind of conversion and its words: the only list of them
CONVERSION_KINDS: dict[str, Title] = {
    "full_width": Title(zh="全角字符或特殊符号按半角读取", en="full-width or special characters read as plain ones"),
    "invisible": Title(zh="去掉不可见字符", en="invisible characters removed"),
    "look_alike": Title(zh="形近字符按规范字读取", en="look-alike characters read as those they look like"),
    "exported": Title(zh="去掉软件导出时加在编码外的符号", en="what a program put around a code on export removed"),
    "code_and_name": Title(zh="同一格内的编码和名称分开读取", en="code and name in one cell read apart"),
    "time_of_day": Title(zh="去掉日期后的时间", en="time of day behind a date left out"),
    "weekday": Title(zh="去掉日期后的星期", en="weekday behind a date left out"),
    "thousands": Title(zh="去掉千分位分隔符", en="thousands separators removed"),
    "blanks": Title(zh="去掉空格", en="blanks removed"),
    "text_number": Title(zh="以文本存储的数字按数字读取", en="number stored as text"),
    "chinese_numeral": Title(zh="中文数字换成阿拉伯数字", en="Chinese numerals read as a number"),
    "unit_in_cell": Title(zh="按格内所写单位换算", en="converted from the unit in the cell"),
    "unit_of_column": Title(zh="整列由所写单位换算", en="the whole column converted from its unit"),
    "percent": Title(zh="带百分号的数按百分数读取", en="written or shown with a percent sign"),
    "fraction": Title(zh="小数按百分数读取", en="fraction read as a percentage"),
    "text_date": Title(zh="以文本存储的日期按日期读取", en="date stored as text"),
    "date_form": Title(zh="日期写法统一", en="date written in another form"),
    "excel_serial": Title(zh="Excel 日期序号换成日期", en="Excel serial number read as a date"),
    "leading_zeros": Title(zh="补上编码的前导零", en="leading zeros of a code restored"),
    "synonym": Title(zh="按代码表对应", en="another way of writing a listed value"),
    "number_form": Title(zh="编号写法统一", en="document or project number written in another form"),
    "township": Title(zh="按乡镇名称或代码的另一种写法识别", en="township written in another way"),
    "former_township": Title(zh="原乡镇名称或代码对应现行乡镇", en="former township read as the one of today"),
    "from_above": Title(zh="“同上”或空白按上一行读取", en="ditto mark or blank read as the row above"),
    "reprojected": Title(
        zh="整层坐标换算为 CGCS2000 经纬度", en="the whole layer converted to longitude and latitude on CGCS2000"
    ),
}
GEOMETRY = "geometry"  # what stands for the field where the coordinates of a layer were converted


@dataclass(frozen=True, slots=True)
class Conversion:
    """In a table one converted cell, or a column that was converted as a whole; in a layer one converted value of an
    attribute.

    field: the contract's, or GEOMETRY; kind: of CONVERSION_KINDS; written, taken: the value as it stands and as it is
    stored; cells: how many cells or features this is about.

    Of a table: `cell` in A1 form, of a column the range from its first to its last converted cell, with its unit and
    the field's and the factor between them as what is written and taken. In a converted column, a cell with an entry of
    its own is not among its cells.

    Of a layer: `sheet` is the layer's name, `cell` the attribute as the layer names it, `feature` the id of the first
    feature concerned (its number where it has none). All features whose attribute says the same are one entry: they are
    those of the layer where the attribute `cell` is `written`. Numbers and dates in a text attribute are one entry for
    the attribute, with the first feature's value, for it is the attribute's type that is converted. The position of all
    features is one entry without attribute and feature: the reference system as declared and the one that is stored.
    """

    sheet: str | None
    cell: str | None
    field: str
    kind: str
    written: str
    taken: str
    cells: int = 1
    feature: str | None = None

    @property
    def words(self) -> Title:
        return CONVERSION_KINDS[self.kind]

    def as_dict(self) -> dict[str, Any]:
        """The public form."""
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "feature": self.feature,
            "field": self.field,
            "kind": self.kind,
            "written": self.written,
            "taken": self.taken,
            "cells": self.cells,
            "message": self.words.zh,
            "message_en": self.words.en,
        }
