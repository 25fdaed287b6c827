"""How far each SQL rule gets with each reporting unit of a submission: whether it is broken, kept, or asks nothing of it.
`engine` asks this of all rules in one statement, and runs those for their rows that are broken.

`reach.json` holds a statement for each rule, derived from the rule's SQL (dev.rule_reach): row_id and its reach.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import duckdb
import numpy as np
import pyarrow as pa

from contracts import Contract
from contracts import rule_outcomes as codes_of
from contracts.rule_outcomes import ELSEWHERE, NO_EARLIER, NO_REFERENCE, PASSED, RuleOutcomes, UnitKey
from expectations.derived import LAYER_PERIOD, PREVIOUS
from expectations.relations import accepted_read, tables_read
from expectations.sql_rules import SqlRule

if TYPE_CHECKING:
    import numpy.typing as npt

NOT_JOINED, NOT_CONCERNED, NO_VALUE, KEPT, BROKEN = -1, 0, 1, 2, 3
"""Reach of a row: the rule does not join it; it is none of those that the rule is about; what the rule asks has no answer,
as a value is missing; it keeps the rule; it breaks it."""
WITH_OWN = frozenset({"ledger_value", "ledger_project", "acceptance_record"})
"""Relations of what is accepted that hold the submission's own rows as well: nothing earlier need be in force for these."""
STATEMENTS = Path(__file__).resolve().with_name("reach.json")


class Statement(TypedDict):
    """of: digest of the rule's SQL from which it was derived."""

    of: str
    sql: str


class StaleReach(RuntimeError):
    """A rule's SQL was changed and reach.json was not made anew."""


@cache
def _statements() -> dict[str, Statement]:
    found: dict[str, Statement] = json.loads(STATEMENTS.read_text(encoding="utf-8"))
    return found


@cache
def digest(sql: str) -> str:
    """What tells a rule's SQL from any other."""
    return sha256(sql.encode()).hexdigest()[:12]


def _statement(rule: SqlRule) -> str:
    statement = _statements().get(rule.rule.rule_id)
    if statement is None or statement["of"] != digest(rule.sql):
        raise StaleReach(f"{rule.rule.rule_id}: its SQL was changed: run `python -m dev.generate`")
    sql = statement["sql"]
    for name, value in rule.parameters.items():
        sql = sql.replace(f"${name}", repr(value))
    return sql


def reach(
    con: duckdb.DuckDBPyConnection, rules: Sequence[SqlRule], reporting_units: Sequence[UnitKey]
) -> dict[str, "npt.NDArray[np.int8]"]:
    """By rule, the farthest that it gets with any row of each unit, in the order of units; NOT_JOINED where it joins none.

    con: has the relations of these rules. units: all those of the submission. Raises StaleReach, ValueError for a rule
    that lacks its threshold, and duckdb.Error where a rule cannot run: nothing passes unchecked.
    """
    found = {rule.rule.rule_id: np.full(len(reporting_units), NOT_JOINED, np.int8) for rule in rules}
    if not found:
        return found
    parts = [f"select {number} as rule, * from ({_statement(rule)})" for number, rule in enumerate(rules)]
    names, periods = zip(*reporting_units, strict=True)
    numbered = pa.table(
        {"reporting_unit": names, "period": pa.array(periods, pa.string()), "place": range(len(reporting_units))}
    )
    with registered(con, "unit_place", numbered):
        rows = con.execute(f"""
            with row_place as (
                select submission.row_id, unit_place.place
                from submission
                inner join unit_place
                    on submission.reporting_unit = unit_place.reporting_unit
                        and submission.period is not distinct from unit_place.period
            )

            select reached.rule, row_place.place, max(reached.reach) as reach
            from ({" union all ".join(parts)}) as reached inner join row_place using (row_id)
            group by all
        """).fetchnumpy()
    for number, farthest in enumerate(found.values()):
        is_of = rows["rule"] == number
        farthest[rows["place"][is_of]] = rows["reach"][is_of]
    return found


@contextmanager
def registered(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Iterator[None]:
    """A table under a name, for as long as it is asked."""
    con.register(name, table)
    try:
        yield
    finally:
        con.unregister(name)


def put_outcomes(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rules: Sequence[SqlRule],
    reporting_units: Sequence[UnitKey],
    reached: Mapping[str, "npt.NDArray[np.int8]"],
    outcomes: RuleOutcomes,
) -> None:
    """Put what the reach of rules says of units. con: as `reach` takes it. A unit that breaks a rule has its finding
    elsewhere until the rule names it.
    """
    numbers, with_earlier = outcomes.numbers(reporting_units), {}
    for rule in rules:
        unjoined, without_value = _why_not(rule.sql, contract.dataset)
        codes = {NOT_JOINED: unjoined, **{NOT_CONCERNED: codes_of.NOT_CONCERNED, NO_VALUE: without_value}}
        codes |= {KEPT: PASSED, BROKEN: ELSEWHERE}
        farthest = reached[rule.rule.rule_id]
        letters = np.zeros(len(reporting_units), np.uint8)
        for at, code in codes.items():
            letters[farthest == at] = ord(code)
        if unjoined == NO_EARLIER and (farthest == NOT_JOINED).any():
            by_period = contract.reporting_unit.per_period or PREVIOUS in tables_read(rule.sql)
            if by_period not in with_earlier:
                earlier = _with_earlier(con, contract, by_period)
                with_earlier[by_period] = np.fromiter(
                    (reporting_unit in earlier for reporting_unit in reporting_units), bool, len(reporting_units)
                )
            letters[(farthest == NOT_JOINED) & with_earlier[by_period]] = ord(codes_of.NOT_CONCERNED)
        outcomes.put_numbered((rule.rule.rule_id, None), numbers, letters)


@cache
def _why_not(sql: str, dataset: str) -> tuple[str, str]:
    """Outcomes of a rule that joins no row of a unit, and of one that has no value to ask about."""
    tables, read = tables_read(sql), accepted_read(sql, dataset)
    others = read - {dataset}
    if LAYER_PERIOD in tables:
        return (NO_REFERENCE, codes_of.NO_VALUE) if others else (codes_of.NOT_CONCERNED, NO_EARLIER)
    if dataset in read and not tables & WITH_OWN:
        return NO_EARLIER, codes_of.NO_VALUE
    return NO_REFERENCE if others else codes_of.NOT_CONCERNED, codes_of.NO_VALUE


def _with_earlier(con: duckdb.DuckDBPyConnection, contract: Contract, by_period: bool) -> set[UnitKey]:
    """Units of a submission of which something is in force, of an earlier period where that counts."""
    earlier = "and earlier.period < submission.period" if by_period else ""
    return set(
        con.execute(f"""
            select distinct submission.reporting_unit, submission.period
            from submission
            inner join accepted_{contract.dataset} as earlier
                on submission.reporting_unit = earlier.reporting_unit {earlier}
        """).fetchall()
    )
