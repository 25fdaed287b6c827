"""Very many findings of one kind: the first ones are told cell by cell, the rest together, row by row.

A file of wrong values in every cell is to be answered, not to end at a limit. No unit gets out of sight by it: what is
told together has the severity, unit and period of what it stands for, so that it holds what that would have held.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import NamedTuple

from contracts.findings import Finding, catalogue, finding
from contracts.model import Severity

FURTHER = "contract.further_findings"  # its threshold: so many findings of one rule on one field are told cell by cell
CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")
MOST_ROWS = 1000  # of one range: whoever looks at its cells does so one by one


class Holder(NamedTuple):
    """What is told together is alike in these: the row, and whom a finding on it concerns how severely."""

    sheet: str | None
    reporting_unit: str | None
    period: str | None
    severity: Severity
    row: int


@dataclass
class _Row:
    """first: the first finding on it, as an example; kinds: column, rule and field of each."""

    holder: Holder
    first: Finding
    kinds: list[tuple[str, str, str | None]] = field(default_factory=list)


@cache
def most_told() -> int:
    """So many findings of one rule on one field are told cell by cell."""
    return int(catalogue()[FURTHER].threshold or 0)


class FindingAggregator:
    """Takes findings one after the other, and makes those only that are told or shown as an example."""

    def __init__(self) -> None:
        self._told: list[Finding] = []
        self._seen: Counter[tuple[str, str | None]] = Counter()
        self._rest: dict[Holder, _Row] = {}

    def take(
        self,
        rule_id: str,
        name: str | None,
        cell: str | None,
        make: Callable[[], Finding],
        *,
        sheet: str | None,
        reporting_unit: str | None,
        period: str | None,
        severity: Severity,
    ) -> None:
        """One finding: its rule, field and cell, what it concerns, and what makes it. Of no single cell, or of no unit,
        it is told.
        """
        address = CELL.match(cell or "")
        if address is None or reporting_unit is None:
            self._told.append(make())
            return
        self._seen[rule_id, name] += 1
        if self._seen[rule_id, name] <= most_told():
            self._told.append(make())
            return
        holder = Holder(sheet, reporting_unit, period, severity, int(address[2]))
        if holder not in self._rest:
            self._rest[holder] = _Row(holder, make())
        self._rest[holder].kinds.append((address[1], rule_id, name))

    def tell(self, one: Finding) -> None:
        """One finding that is made already."""
        self.take(
            one.rule_id,
            one.field,
            one.cell,
            lambda: one,
            sheet=one.sheet,
            reporting_unit=one.reporting_unit,
            period=one.period,
            severity=one.severity,
        )

    def findings(self) -> list[Finding]:
        """All of them: those that are told, then the rest (rule FURTHER), one for each row, or for neighbouring rows
        with the same faults.

        It says how many there are, the range that they lie in, and what the first one says.
        """
        return self._told + list(_together(self._rest.values()))


def _together(rows: Iterable[_Row]) -> Iterator[Finding]:
    """One finding for each run of neighbouring rows of the same unit with the same kinds of fault."""
    ordered = sorted(rows, key=lambda row: (*(str(part or "") for part in row.holder[:-1]), row.holder.row))
    for _, run in groupby(
        enumerate(ordered), key=lambda item: (item[1].holder.row - item[0], item[1].holder[:-1], item[1].kinds)
    ):
        neighbours = [row for _, row in run]
        for start in range(0, len(neighbours), MOST_ROWS):
            yield _further(neighbours[start : start + MOST_ROWS])


def _further(rows: list[_Row]) -> Finding:
    first, holder = rows[0].first, rows[0].holder
    columns = sorted({letters for letters, _, _ in rows[0].kinds}, key=lambda letters: (len(letters), letters))
    fields = {name for _, _, name in rows[0].kinds}
    top_left, bottom_right = f"{columns[0]}{holder.row}", f"{columns[-1]}{rows[-1].holder.row}"
    return finding(
        FURTHER,
        severity=holder.severity,
        reporting_unit=holder.reporting_unit,
        period=holder.period,
        sheet=holder.sheet,
        cell=top_left if top_left == bottom_right else f"{top_left}:{bottom_right}",
        field=fields.pop() if len(fields) == 1 else None,
        count=sum(len(row.kinds) for row in rows),
        example=first.message,
        example_en=first.message_en,
    )
