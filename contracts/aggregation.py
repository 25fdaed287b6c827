"""Finding aggregation: of very many findings of one kind the first ones are reported cell by cell, the rest together, row by
row. Called by `ingestion.normalize` for the problems of cells and by `expectations.suites` for its verdicts.

A file of wrong values in every cell is to be answered, not to end at a limit. No reporting unit gets out of sight by it: what
is reported together has the severity, unit and period of what it stands for, so that it holds what that would have held.
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

FURTHER = "contract.further_findings"
"""The rule of findings reported together; its threshold: so many of one rule on one field are reported cell by cell."""
CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")
MOST_ROWS = 1000  # of one range: a receipt colours and comments its cells one by one


class AggregationKey(NamedTuple):
    """What findings reported together are alike in: the row, and whom they concern how severely."""

    sheet: str | None
    reporting_unit: str | None
    period: str | None
    severity: Severity
    row: int


@dataclass
class _AggregatedRow:
    """first: the first finding on it, as an example; kinds: column, rule and field of each."""

    key: AggregationKey
    first: Finding
    kinds: list[tuple[str, str, str | None]] = field(default_factory=list)


@cache
def most_single() -> int:
    """So many findings of one rule on one field are reported cell by cell."""
    return int(catalogue()[FURTHER].threshold or 0)


class FindingAggregator:
    """Takes findings one after the other, and makes those only that are reported by themselves or shown as an example."""

    def __init__(self) -> None:
        self._single: list[Finding] = []
        self._seen: Counter[tuple[str, str | None]] = Counter()
        self._rest: dict[AggregationKey, _AggregatedRow] = {}

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
        """One finding: its rule, field and cell, what it concerns, and what makes it. Of no single cell, or of no
        reporting unit, it is reported by itself.
        """
        address = CELL.match(cell or "")
        if address is None or reporting_unit is None:
            self._single.append(make())
            return
        self._seen[rule_id, name] += 1
        if self._seen[rule_id, name] <= most_single():
            self._single.append(make())
            return
        key = AggregationKey(sheet, reporting_unit, period, severity, int(address[2]))
        if key not in self._rest:
            self._rest[key] = _AggregatedRow(key, make())
        self._rest[key].kinds.append((address[1], rule_id, name))

    def add(self, one: Finding) -> None:
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
        """All of them: those reported by themselves, then the rest (rule FURTHER), one for each row, or for neighbouring
        rows with the same faults.

        It says how many there are, the range that they lie in, and what the first one says.
        """
        return self._single + list(_together(self._rest.values()))


def _together(rows: Iterable[_AggregatedRow]) -> Iterator[Finding]:
    """One finding for each run of neighbouring rows of the same reporting unit with the same kinds of fault."""
    ordered = sorted(rows, key=lambda row: (*(str(part or "") for part in row.key[:-1]), row.key.row))
    for _, run in groupby(
        enumerate(ordered), key=lambda item: (item[1].key.row - item[0], item[1].key[:-1], item[1].kinds)
    ):
        neighbours = [row for _, row in run]
        for start in range(0, len(neighbours), MOST_ROWS):
            yield _further(neighbours[start : start + MOST_ROWS])


def _further(rows: list[_AggregatedRow]) -> Finding:
    first, key = rows[0].first, rows[0].key
    columns = sorted({letters for letters, _, _ in rows[0].kinds}, key=lambda letters: (len(letters), letters))
    fields = {name for _, _, name in rows[0].kinds}
    top_left, bottom_right = f"{columns[0]}{key.row}", f"{columns[-1]}{rows[-1].key.row}"
    return finding(
        FURTHER,
        severity=key.severity,
        reporting_unit=key.reporting_unit,
        period=key.period,
        sheet=key.sheet,
        cell=top_left if top_left == bottom_right else f"{top_left}:{bottom_right}",
        field=fields.pop() if len(fields) == 1 else None,
        count=sum(len(row.kinds) for row in rows),
        example=first.message,
        example_en=first.message_en,
    )
