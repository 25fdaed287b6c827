"""How far each SQL rule gets with each reporting unit of a submission: whether it is broken, kept, or asks nothing of it.
`engine` asks this of all rules in one statement, and runs those for their rows that are broken.

`reach.json` holds a statement for each rule, derived from the rule's SQL (dev.rule_reach): row_id and its reach.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

import duckdb

from contracts import Contract
from contracts import rule_outcomes as codes_of
from contracts.rule_outcomes import ELSEWHERE, NO_EARLIER, NO_REFERENCE, PASSED, RuleOutcomes, UnitKey
from expectations.derived import LAYER_PERIOD, PREVIOUS
from expectations.relations import accepted_read, tables_read
from expectations.sql_rules import SqlRule

NOT_CONCERNED, NO_VALUE, KEPT, BROKEN = 0, 1, 2, 3
"""Reach of a row: it is none of those that the rule is about; what the rule asks has no answer, as a value is missing; it
keeps the rule; it breaks it. A row that the rule does not join has none."""
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


def reach(con: duckdb.DuckDBPyConnection, rules: Sequence[SqlRule]) -> dict[str, dict[UnitKey, int]]:
    """By rule, the farthest that it gets with any row of each unit; of a unit of which it joins no row, nothing.

    con: has the relations of these rules. Raises StaleReach, ValueError for a rule that lacks its threshold, and
    duckdb.Error where a rule cannot run: nothing passes unchecked.
    """
    names = [rule.rule.rule_id for rule in rules]
    parts = [f"select {number} as rule, * from ({_statement(rule)})" for number, rule in enumerate(rules)]
    found: dict[str, dict[UnitKey, int]] = {name: {} for name in names}
    if not parts:
        return found
    rows = con.execute(f"""
        select rule, reporting_unit, period, max(reach)
        from ({" union all ".join(parts)}) as reached inner join submission using (row_id)
        group by all
    """).fetchall()
    for rule, unit, period, farthest in rows:
        found[names[rule]][unit, period] = farthest
    return found


def put_outcomes(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rules: Sequence[SqlRule],
    units: Sequence[UnitKey],
    reached: Mapping[str, Mapping[UnitKey, int]],
    outcomes: RuleOutcomes,
) -> None:
    """Put what the reach of rules says of units. con: as `reach` takes it. A unit that breaks a rule has its finding
    elsewhere until the rule names it.
    """
    with_earlier: dict[bool, set[UnitKey]] = {}
    for rule in rules:
        name = rule.rule.rule_id
        unjoined, without_value = _why_not(rule.sql, contract.dataset)
        codes = {NOT_CONCERNED: codes_of.NOT_CONCERNED, NO_VALUE: without_value, KEPT: PASSED, BROKEN: ELSEWHERE}
        for unit in units:
            code = codes.get(reached[name].get(unit, -1), unjoined)
            if code == NO_EARLIER and unit not in reached[name]:
                by_period = contract.reporting_unit.per_period or PREVIOUS in tables_read(rule.sql)
                if by_period not in with_earlier:
                    with_earlier[by_period] = _with_earlier(con, contract, by_period)
                code = codes_of.NOT_CONCERNED if unit in with_earlier[by_period] else NO_EARLIER
            outcomes.put((name, None), [unit], code)


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
