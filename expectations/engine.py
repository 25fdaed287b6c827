"""The rule engine: runs the SQL rules on a submission table; the rule runner of intake calls `check` and
`check_following`. One rule = one SQL file + one catalogue row: the SQL finds rows and operands, the engine adds
address, reporting unit and message.

A rule's SQL (rules/<dataset>/<name>.sql, rule id `<dataset>.<name>`) returns row_id, field, found, expected and what
else its message names. A column `<x>_field` brings the field's Chinese title as operand `<x>_title`; a column `feature`
that is null means that the finding concerns the row's unit as a whole, and not its feature. The threshold is the
parameter $threshold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, Finding, Rule, finding
from contracts.findings import shown
from contracts.hints import bound_hint, difference_hint
from contracts.rule_outcomes import ELSEWHERE, FAILED, HIDDEN, RuleOutcomes
from expectations.addresses import Address, Addresses, Reported
from expectations.derived import HISTORY
from expectations.reach import BROKEN, put_outcomes, reach
from expectations.relations import relations, tables_read
from expectations.sql_rules import SqlRule, rules

COLUMNS = ("row_id", "field", "found", "expected")  # of every rule's result; further ones are operands of its message
HINTS = {"hint": difference_hint, "bound_hint": bound_hint}
WHOLE = "feature"  # a column that takes the feature's place: null for the whole unit
FIELD = "_field"  # end of the name of a column that holds a field


def check(
    table: pa.Table,
    contract: Contract,
    con: duckdb.DuckDBPyConnection,
    already: Iterable[Finding] = (),
    outcomes: RuleOutcomes | None = None,
) -> list[Finding]:
    """Findings of a submission against the rules of its dataset.

    table: the submission table. con: has a view `accepted_<dataset>` for every one of `datasets_read`: submission_id,
    accepted_at and the submission table's columns of what is in force. already: what was found before. outcomes: takes the
    outcome of every rule for each reporting unit. An error at a cell is not
    repeated there, nor is anything compared with a figure that is itself in error; a warning about a unit that an error
    holds is left out, as the unit is checked again when it comes again.
    Raises duckdb.Error when a rule cannot run: nothing passes unchecked.
    """
    return _check(
        table, contract, con, rules(contract.dataset), already, RuleOutcomes() if outcomes is None else outcomes
    )


@dataclass(frozen=True)
class FollowUpValidation:
    """The findings of cross-period rules (their ids) that were run again on accepted units (reporting_unit, period) of
    one submission, and the outcomes of these rules.
    """

    rules: frozenset[str]
    reporting_units: frozenset[tuple[str, str | None]]
    findings: list[Finding]
    outcomes: RuleOutcomes

    def replaces(self, item: Finding) -> bool:
        """Whether a finding is of these rules and units, from when another period stood before them; one that an
        override lifted stays.
        """
        return (
            item.rule_id in self.rules
            and (str(item.reporting_unit), item.period) in self.reporting_units
            and item.lifted_by is None
        )


def check_following(
    contract: Contract, con: duckdb.DuckDBPyConnection, reporting_units: Iterable[str], period: str
) -> dict[str, FollowUpValidation]:
    """By submission, the follow-up validation of the accepted rows that come after these units' newly accepted period:
    cross-period rules, run again, so that the order of arrival does not matter.

    An accepted unit stays accepted: the caller decides what follows from these findings.
    """
    if not contract.reporting_unit.per_period:
        return {}
    earlier = {f"accepted_{contract.dataset}", HISTORY}
    across = tuple(rule for rule in rules(contract.dataset) if tables_read(rule.sql) & earlier)
    if not across:
        return {}
    following = con.execute(
        f"""
            from accepted_{contract.dataset}
            where reporting_unit in (select unnest($units)) and period > $period
            qualify period = min(period) over (partition by reporting_unit)
        """,
        {"units": list(reporting_units), "period": period},
    ).to_arrow_table()
    return {name: check_accepted(rows, contract, con, across) for name, rows in by_submission(following).items()}


def check_accepted(
    accepted: pa.Table, contract: Contract, con: duckdb.DuckDBPyConnection, chosen: tuple[SqlRule, ...]
) -> FollowUpValidation:
    """The validation of one submission's accepted rows by some rules of their dataset. accepted: rows of
    `accepted_<dataset>`. An accepted unit stays accepted, as in `check_following`.
    """
    outcomes = RuleOutcomes()
    findings = _check(accepted.drop_columns(["submission_id", "accepted_at"]), contract, con, chosen, (), outcomes)
    reporting_units = zip(
        accepted.column("reporting_unit").to_pylist(), accepted.column("period").to_pylist(), strict=True
    )
    return FollowUpValidation(
        frozenset(rule.rule.rule_id for rule in chosen), frozenset(reporting_units), findings, outcomes
    )


def by_submission(accepted: pa.Table) -> dict[str, pa.Table]:
    """Rows of `accepted_<dataset>` by the submission that they are of."""
    return {
        name: accepted.filter(pc.equal(accepted.column("submission_id"), name))
        for name in sorted(set(accepted.column("submission_id").to_pylist()))
    }


def _check(
    table: pa.Table,
    contract: Contract,
    con: duckdb.DuckDBPyConnection,
    chosen: tuple[SqlRule, ...],
    already: Iterable[Finding],
    outcomes: RuleOutcomes,
) -> list[Finding]:
    if not chosen or not table.num_rows:
        return []
    addresses, reported, found = Addresses(table), Reported(already), []
    reporting_units = [
        tuple(reporting_unit.values())
        for reporting_unit in table.group_by(["reporting_unit", "period"]).aggregate([]).to_pylist()
    ]
    for is_error, some in groupby(chosen, lambda rule: rule.rule.severity == "error"):  # the others see what these hold
        together = list(some)
        with relations(con, table, contract, [rule.sql for rule in together], reported):
            reached = reach(con, together, reporting_units)
            put_outcomes(con, contract, together, reporting_units, reached, outcomes)
            for rule in [one for one in together if (reached[one.rule.rule_id] == BROKEN).any()]:
                key = (rule.rule.rule_id, None)
                for row in run_rule(con, rule):
                    address = addresses.at(row["row_id"], row["field"])
                    if WHOLE in row:
                        address = replace(address, feature=row.pop(WHOLE))
                    new = _finding(rule.rule, row, contract, address)
                    against = [
                        addresses.at(row["row_id"], value) for name, value in row.items() if name.endswith(FIELD)
                    ]
                    reporting_unit = (str(new.reporting_unit), new.period)
                    if any(map(reported.at, (address, *against))) or (
                        not is_error and reported.holds(new.reporting_unit)
                    ):
                        outcomes.put_instead(key, reporting_unit, ELSEWHERE, HIDDEN)
                        continue
                    outcomes.put(key, [reporting_unit], FAILED)
                    reported.add(new)
                    found.append(new)
    return found


def run_rule(con: duckdb.DuckDBPyConnection, rule: SqlRule) -> list[dict[str, Any]]:
    """Rows that break a rule, in the order of the submission. Raises ValueError when the SQL lacks a column that every
    rule gives.
    """
    result = con.execute(rule.sql, rule.parameters)
    names = [column[0] for column in result.description]
    if missing := set(COLUMNS) - set(names):
        raise ValueError(f"{rule.rule.rule_id}: the SQL gives no {', '.join(sorted(missing))}")
    rows = [dict(zip(names, values, strict=True)) for values in result.fetchall()]
    return sorted(rows, key=lambda row: (row["row_id"], row["field"]))


def _finding(rule: Rule, row: Mapping[str, Any], contract: Contract, address: Address) -> Finding:
    field = contract.fields[row["field"]]
    operands: dict[str, Any] = {
        name: shown(value, "computed") for name, value in row.items() if name not in COLUMNS
    } | {"title": field.zh}
    operands |= {
        f"{name[: -len(FIELD)]}_title": contract.fields[value].zh for name, value in row.items() if name.endswith(FIELD)
    }
    for name, explain in HINTS.items():
        if f"{{{name}}}" in rule.zh:
            hint = explain(row["found"], row["expected"], field.measure_unit or "")
            operands |= {name: hint.zh, f"{name}_en": hint.en}
    return finding(
        rule.rule_id,
        **address.as_keywords(),
        found=shown(row["found"], "computed"),
        expected=shown(row["expected"], "computed"),
        **operands,
    )
