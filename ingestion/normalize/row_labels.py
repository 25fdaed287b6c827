"""Labels of rows that are no data: totals, and parts of a row above, in whatever words. Called by `rows` for each row below the
headings.
"""

import re
from functools import lru_cache
from typing import Literal

from contracts import Contract
from contracts.reference import lookup
from contracts.text import without_blanks
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.townships import OF_WHICH, is_district, place_named, written_code, written_together
from ingestion.normalize.values import PROJECT, project_number
from ingestion.readers.cells import Cell, RawRow

TOTAL = re.compile(r"^(?P<of>.{0,14}?)(?:合计|总计|共计|总和|汇总|(?P<sub>小计))数?(?:\(.*\))?:?$")
WHOLE = frozenset({"", "全区", "全市", "上党区", "本表", "各乡镇", "十个乡镇", "全部", "总"})
"""Of what a total is the total of all."""
# Digits as in a township's code, a letter and a digit as in a project's number
CODE = re.compile(r"[0-9]{5}|^[A-Z][0-9]")
PROJECT_FIRST = re.compile(r"^[A-Z]\d(?![0-9A-Z])")
LISTED_KINDS = frozenset({"township", "project", "project_township"})
"""Kinds of reporting units whose names a list has."""
UNITS_REMEMBERED = 1 << 12  # values of key columns: a district's townships and projects many times over
STATISTIC = re.compile(  # what a row says of the others: a comparison, a mean, an extreme, a share; or that it is of another time
    r"^(?:(?:比|较|与)(?:上|去|同|前|基).{0,6}|同比|环比)(?:增减|增长|增加|减少|下降|变化|变动|相比|±)?"
    r"(?:数|量|额|值|率|幅度?)?%?(?:\(.*\))?$"
    r"|^(?:增减|增长|增幅|降幅)(?:数|量|额|值|率|幅度?|情况)?%?(?:\(.*\))?$"
    r"|^(?:全区|各乡镇|折合)?(?:[日月季年人户亩]均|每[日天月]|平均|均值|最[大高小低])(?:数|量|值)?(?:\(.*\))?$"
    r"|^(?:占比|比重|所占比例|占全区比重)%?(?:\(.*\))?$"
    r"|^(?:上年|去年|上季度?|上期|上月)(?:同期)?(?:数|值|量)?(?:\(.*\))?$"
)
LONGEST_LABEL = 20  # characters: longer texts with 合计 in them are sentences


class Labels:
    """Tells totals and parts of others by their labels: a text of a row that has no unit of its own, or one before the
    first figure of a row that has.
    """

    def __init__(self, table: TableLayout, contract: Contract) -> None:
        self._contract = contract
        fields = contract.fields
        targets = {head.column: head.targets[0] for head in table.header if head.targets}
        self._figures = {
            column
            for column, target in targets.items()
            if target.role == "class" or (target.role == "value" and fields[target.field].is_numeric)
        }
        self._texts = {
            column
            for column, target in targets.items()
            if target.role == "name"
            or (target.role == "value" and fields[target.field].type in ("text", "place", "project"))
        }
        self._keys = {
            name: [column for column, target in targets.items() if target.field == name and target.role != "class"]
            for name in contract.reporting_unit.fields
        }

    def kind_of(self, row: RawRow) -> Literal["grand", "sub", "part"] | None:
        """Of which kind of total a row is; None for one that is none."""
        if self._is_of_district(row):
            return "grand"
        for column, value in enumerate(row.values, start=1):
            if value is None:
                continue
            if column in self._figures and not (isinstance(value, str) and TOTAL.match(without_blanks(value))):
                if self._has_unit(row):
                    return None
                continue
            if not isinstance(value, str) or len(value) > LONGEST_LABEL:
                continue
            label = without_blanks(value)
            if label in WHOLE and not self._has_unit(row):
                return "grand"
            found = TOTAL.match(label)
            if found and (
                not self._has_unit(row)
                or not self._has_listed_unit(row)
                or (label == found[0] and not found["of"] and column in self._texts)
            ):
                return "sub" if found["sub"] or found["of"] not in WHOLE else "grand"
            if OF_WHICH.match(label) and not self._has_unit(row):
                return "part"
        return None

    def is_statistic(self, row: RawRow) -> bool:
        """Whether a row without a unit of the lists is a comparison or a mean of the others, or of another time, by its label."""
        if self._contract.reporting_unit.kind not in LISTED_KINDS or self._has_listed_unit(row):
            return False
        return any(
            isinstance(value, str) and STATISTIC.match(without_blanks(value))
            for column, value in enumerate(row.values, start=1)
            if column not in self._figures
        )

    def has_known_unit(self, row: RawRow) -> bool:
        """Whether any key cell of a row names a township or a project of the lists."""
        return any(
            (value := row.at(column)) is not None and names_a_unit(value)
            for columns in self._keys.values()
            for column in columns
        )

    def _has_unit(self, row: RawRow) -> bool:
        """Whether a row names a unit by each of the fields that make one, as far as the table has columns for them."""
        named = [any(self._is_unit(row.at(column)) for column in columns) for columns in self._keys.values() if columns]
        return bool(named) and all(named)

    def _has_listed_unit(self, row: RawRow) -> bool:
        """Whether a row names a township or a project of the lists; where there is no list, any unit."""
        if self._contract.reporting_unit.kind not in LISTED_KINDS:
            return True
        return any(is_listed_unit(row.at(column)) for columns in self._keys.values() for column in columns)

    def _is_unit(self, value: Cell) -> bool:
        """Whether a key cell names a unit; a document's number or an indicator may be any text but a label."""
        if self._contract.reporting_unit.kind in LISTED_KINDS:
            return names_unit(value)
        if value is None:
            return False
        label = without_blanks(str(value))
        return not (label in WHOLE or TOTAL.match(label) or OF_WHICH.match(label))

    def _is_of_district(self, row: RawRow) -> bool:
        """In a table of townships, the row of the district as a whole is a total."""
        if self._contract.reporting_unit.kind != "township":
            return False
        return any(
            is_district(str(row.at(column)).removesuffix(".0"))
            for columns in self._keys.values()
            for column in columns
            if row.at(column) is not None
        )


@lru_cache(maxsize=UNITS_REMEMBERED, typed=True)
def names_unit(value: Cell) -> bool:
    """Whether a key cell names a unit, or has as many digits as a code: that one may be wrong, it is no label."""
    if value is None:
        return False
    text = OF_WHICH.sub("", without_blanks(str(value)))
    return TOTAL.match(text) is None and (names_a_unit(text) or CODE.search(text) is not None)


@lru_cache(maxsize=UNITS_REMEMBERED, typed=True)
def is_listed_unit(value: Cell) -> bool:
    """Whether a key cell says a township or a project of the plan, by its code, its name or both."""
    if not names_unit(value):
        return False
    project = PROJECT_FIRST.match(project_number(value))
    if project is not None and project[0] in lookup("plan_project", "project_id", "project_name"):
        return True
    places = written_code(value).place, place_named(str(value)), written_together(value)
    return any(one is not None for one in places)


def names_a_unit(value: Cell) -> bool:
    """Whether a lone value names a township or a project: then its figures are missing, and it is no note."""
    return place_named(str(value)) is not None or PROJECT.match(project_number(value)) is not None
