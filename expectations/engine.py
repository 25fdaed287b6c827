"""The rule engine: one rule = one SQL file + one catalogue row. The SQL finds rows and operands; the engine adds place,
unit and words.

A rule's SQL (rules/<dataset>/<name>.sql, rule id `<dataset>.<name>`) returns row_id, field, found, expected and what
else its message names. A column `<x>_field` brings the field's Chinese title as operand `<x>_title`; a column `feature`
that is null says that the finding concerns the row's unit as a whole, and not its feature. The threshold is the
parameter $threshold.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, Finding, Rule, catalogue, finding
from contracts.findings import SEVERITIES
from contracts.hints import bound_hint, difference_hint
from expectations.addresses import Address, Addresses, Reported
from expectations.derived import HISTORY
from expectations.relations import RULES, relations, with_shared

COLUMNS = ("row_id", "field", "found", "expected")  # of every rule's result; further ones are operands of its message
HINTS = {"hint": difference_hint, "bound_hint": bound_hint}
WHOLE = "feature"  # a column that takes the feature's place: null for the whole unit
FIELD = "_field"  # end of the name of a column that holds a field
SHOWN_DECIMALS = 4


@dataclass(frozen=True)
class SqlRule:
    """A rule: its catalogue row and its SQL."""

    rule: Rule
    sql: str

    @property
    def parameters(self) -> dict[str, float]:
        """Parameters of the SQL. Raises ValueError where it needs a threshold that the catalogue lacks."""
        if "$threshold" not in self.sql:
            return {}
        if self.rule.threshold is None:
            raise ValueError(f"{self.rule.rule_id}: the catalogue has no threshold")
        return {"threshold": self.rule.threshold}


@cache
def rules(dataset: str) -> tuple[SqlRule, ...]:
    """Rules of a dataset, errors first. Raises KeyError for an SQL file without a catalogue row."""
    found = [
        SqlRule(catalogue()[f"{dataset}.{path.stem}"], path.read_text(encoding="utf-8"))
        for path in sorted((RULES / dataset).glob("*.sql"))
    ]
    return tuple(sorted(found, key=lambda rule: SEVERITIES.index(rule.rule.severity)))


def check(
    frame: pa.Table, contract: Contract, con: duckdb.DuckDBPyConnection, already: Iterable[Finding] = ()
) -> list[Finding]:
    """Findings of a submission against the rules of its dataset.

    frame: the submission frame. con: has a view `accepted_<dataset>` for every dataset: submission_id, accepted_at and
    the frame's columns of what is in force. already: what was found before. An error at a cell is not repeated there,
    nor is anything held against a figure that is itself in error; a warning about a unit that an error holds is left
    out, as the unit is judged anew when it comes again.
    Raises duckdb.Error when a rule cannot run: nothing passes unchecked.
    """
    return _check(frame, contract, con, rules(contract.dataset), already)


@dataclass(frozen=True)
class Rejudged:
    """What cross-period rules (their ids) say anew of accepted units (reporting_unit, period) of one submission."""

    rules: frozenset[str]
    reporting_units: frozenset[tuple[str, str | None]]
    findings: list[Finding]

    def replaces(self, item: Finding) -> bool:
        """Whether these rules said a finding when they saw another period before it; what somebody lifted stays."""
        return (
            item.rule_id in self.rules
            and (str(item.reporting_unit), item.period) in self.reporting_units
            and item.lifted_by is None
        )


def check_following(
    contract: Contract, con: duckdb.DuckDBPyConnection, reporting_units: Iterable[str], period: str
) -> dict[str, Rejudged]:
    """By submission, the accepted rows that follow these units' newly accepted period: cross-period rules, run again.

    So the order of arrival does not matter. An accepted unit stays accepted: whoever records these findings decides
    what follows from them.
    """
    if not contract.reporting_unit.per_period:
        return {}
    own = re.compile(rf"\b(?:accepted_{contract.dataset}|{HISTORY})\b")
    across = tuple(rule for rule in rules(contract.dataset) if own.search(with_shared(rule.sql)))
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
    found = {}
    for submission in sorted(set(following.column("submission_id").to_pylist())):
        rows = following.filter(pc.equal(following.column("submission_id"), submission))
        said = _check(rows.drop_columns(["submission_id", "accepted_at"]), contract, con, across, ())
        judged = frozenset(
            zip(rows.column("reporting_unit").to_pylist(), rows.column("period").to_pylist(), strict=True)
        )
        found[submission] = Rejudged(frozenset(rule.rule.rule_id for rule in across), judged, said)
    return found


def _check(
    frame: pa.Table,
    contract: Contract,
    con: duckdb.DuckDBPyConnection,
    chosen: tuple[SqlRule, ...],
    already: Iterable[Finding],
) -> list[Finding]:
    if not chosen or not frame.num_rows:
        return []
    addresses, reported, found = Addresses(frame), Reported(already), []
    for is_error, some in groupby(chosen, lambda rule: rule.rule.severity == "error"):  # the others see what these hold
        together = list(some)
        with relations(con, frame, contract, [rule.sql for rule in together], reported):
            for rule in together:
                for row in run_rule(con, rule):
                    address = addresses.at(row["row_id"], row["field"])
                    if WHOLE in row:
                        address = replace(address, feature=row.pop(WHOLE))
                    said = _finding(rule.rule, row, contract, address)
                    against = [
                        addresses.at(row["row_id"], value) for name, value in row.items() if name.endswith(FIELD)
                    ]
                    if any(map(reported.at, (address, *against))) or (
                        not is_error and reported.holds(said.reporting_unit)
                    ):
                        continue
                    reported.add(said)
                    found.append(said)
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
    operands = {name: _shown(value) for name, value in row.items() if name not in COLUMNS} | {"title": field.zh}
    operands |= {
        f"{name[: -len(FIELD)]}_title": contract.fields[value].zh for name, value in row.items() if name.endswith(FIELD)
    }
    for name, explain in HINTS.items():
        if f"{{{name}}}" in rule.zh:
            hint = explain(row["found"], row["expected"], field.measure_unit or "")
            operands |= {name: hint.zh, f"{name}_en": hint.en}
    return finding(
        rule.rule_id, **address.as_keywords(), found=_shown(row["found"]), expected=_shown(row["expected"]), **operands
    )


def _shown(value: Any) -> Any:
    """A value as a message shows it; what was computed in floating point without its noise."""
    if isinstance(value, float):
        return round(value, SHOWN_DECIMALS)
    return value.isoformat() if isinstance(value, date) else value
