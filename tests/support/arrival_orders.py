"""Submissions of which the order of arrival changes what is in force or what is told: clean reports beside themselves with one
figure changed, in the order in which they follow each other and in another. `tests/pipeline/intake/test_silence_of_arrival.py`
submits both.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, contract, contracts
from contracts.submission_table import content_columns
from expectations.sql_rules import rules_beside

LEDGER = "project_ledger"
SLIGHTLY, GROSSLY = 1.02, 3.0  # times: what only a person would notice, and what a comparison finds
EARLIER = {"year": "{}", "quarter": "{}Q1", "month": "{}-01"}
EARLIER_YEAR = 2023  # within the plan's years, before every clean report of 2024 and later


@dataclass(frozen=True, eq=False)
class Arrival:
    """A file, itself alone equal to it: its name and the submission table that reading it gives."""

    dataset: str
    file_name: str
    table: pa.Table


@dataclass(frozen=True)
class OtherOrder:
    """Files in the order in which they follow each other, and in another: in which they come, whatever they are called then."""

    kind: str
    name: str
    natural: tuple[Arrival, ...]
    places: tuple[int, ...]
    file_names: tuple[str, ...] = ()

    @property
    def other(self) -> tuple[Arrival, ...]:
        """The same files in the order in which they come."""
        named = (
            dict(zip(self.natural[-len(self.file_names) :], self.file_names, strict=True)) if self.file_names else {}
        )
        files = [self.natural[place] for place in self.places]
        return tuple(replace(one, file_name=named[one]) if one in named else one for one in files)


VERSIONS = (
    ("correction, unnamed", "{}.xlsx", "报表.xlsx"),
    ("correction, named", "{}.xlsx", "{}（更正）.xlsx"),
    ("draft and final", "{}（初稿）.xlsx", "{}（终稿）.xlsx"),
    ("draft, plain", "{}（征求意见稿）.xlsx", "报表.xlsx"),
)
"""Names of a report and of its next version."""


def other_orders(tables: dict[str, pa.Table], references: tuple[Arrival, ...], fields: int) -> Iterator[OtherOrder]:
    """Takes a clean submission table of each dataset, what others are checked against, in the order of their needs, and how
    many fields of a dataset are changed, each by itself; gives every order that they offer.
    """
    for dataset, table in tables.items():
        rules = contract(dataset)
        before = tuple(one for one in references if one.dataset != dataset)
        first, second = len(before), len(before) + 1
        original = Arrival(dataset, f"{rules.title.zh}.xlsx", table)
        for field in _figures(table, rules)[:fields]:
            name = f"{dataset}.{field}"
            versions = (*before, original, Arrival(dataset, "报表.xlsx", times(table, field, SLIGHTLY)))
            for kind, *names in VERSIONS:
                named = tuple(one.format(rules.title.zh) for one in names)
                yield OtherOrder(kind, name, versions, (*range(first), second, first), named)
            if rules.reporting_unit.per_period and rules.period.grain in EARLIER:
                for factor in (1 / GROSSLY, GROSSLY):
                    past = Arrival(dataset, "上期.xlsx", _earlier(times(table, field, factor), rules))
                    yield OtherOrder("earlier period", name, (*before, past, original), (*range(first), second, first))
            if any(one.dataset in _compared(rules) for one in before):
                wrong = Arrival(dataset, original.file_name, times(table, field, GROSSLY))
                yield OtherOrder("reference", name, (*before, wrong), (first, *range(first)))
    for dataset in (name for name in rules_beside(LEDGER) if name in tables):
        report, last = Arrival(dataset, "报表.xlsx", tables[dataset]), len(references)
        for field in _figures(tables[LEDGER], contract(LEDGER))[:fields]:
            newer = Arrival(LEDGER, "台账（更新）.xlsx", times(tables[LEDGER], field, 1 / GROSSLY, of_all=True))
            yield OtherOrder(
                "later ledger", f"{dataset}: {field}", (*references, newer, report), (*range(last), last + 1, last)
            )


def _compared(rules: Contract) -> set[str]:
    """Datasets for which a dataset waits, or that its rules compare it with."""
    return {*rules.needs, *(name for name in contracts() if rules.dataset in rules_beside(name))}


def _figures(table: pa.Table, rules: Contract) -> list[str]:
    return [
        name
        for name in content_columns(rules)
        if name in rules.columns
        and rules.columns[name].is_numeric
        and rules.columns[name].type != "percent"
        and any(table.column(name).to_pylist())
    ]


def times(table: pa.Table, field: str, factor: float, *, of_all: bool = False) -> pa.Table:
    """A table with one figure (of_all: all of its column) so many times what it is; a count stays whole and changes."""
    values = table.column(field).to_pylist()
    at = [number for number, value in enumerate(values) if value]
    for number in at if of_all else at[len(at) // 2 :][:1]:
        value = values[number] * factor
        values[number] = value if isinstance(values[number], float) else round(value) + (factor == SLIGHTLY)
    return _with(table, field, values)


def _earlier(table: pa.Table, rules: Contract) -> pa.Table:
    """A table of one period, as that of an earlier one."""
    latest = max(table.column("period").to_pylist())
    own = table.filter(pc.equal(table.column("period"), latest))
    period = EARLIER[rules.period.grain].format(EARLIER_YEAR)
    return _with(own, "period", [period] * own.num_rows)


def _with(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(name), pa.array(values, table.schema.field(name).type))
