"""What became of each expectation of a contract for each reporting unit, before its findings are made. Called by `suites`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyarrow as pa

from contracts.rule_outcomes import HIDDEN, NO_VALUE, PASSED, UNREAD, RuleOutcomes, UnitKey
from expectations.gx import ExpectationResult

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

UNIT = ("reporting_unit", "period")
ASKS_FOR_A_VALUE = "contract.missing_value"


def put_outcomes(
    results: Iterable[ExpectationResult], suite: "ExpectationSuite", table: pa.Table, outcomes: RuleOutcomes
) -> None:
    """Put the outcome of every expectation of a suite: passed, not applicable where no row of the unit has a value, hidden
    where a row breaks it, until a finding is made of that; unread where it gave no result.
    """
    filled = _filled(table)
    unit_of = dict(zip(table["row_id"].to_pylist(), _units(table), strict=True))
    for expectation in suite.expectations:
        meta = expectation.meta or {}
        rule, field = meta["rule"], meta["field"]
        outcomes.put((rule, field), filled, PASSED)
        if rule != ASKS_FOR_A_VALUE and field is not None:
            outcomes.put((rule, field), [unit for unit, counts in filled.items() if not counts[field]], NO_VALUE)
    given = {(one.meta["rule"], one.meta["field"]): one for one in results if "rule" in one.meta}
    for key in list(outcomes.by_rule):
        if key not in given or given[key].error:
            outcomes.put(key, filled, UNREAD)
        elif not given[key].passed:
            outcomes.put(key, dict.fromkeys(unit_of[int(row["row_id"])] for row in given[key].rows), HIDDEN)


def _units(table: pa.Table) -> list[UnitKey]:
    return list(zip(*(table[name].to_pylist() for name in UNIT), strict=True))


def _filled(table: pa.Table) -> dict[UnitKey, dict[str, int]]:
    """By unit, how many of its rows have a value of each column."""
    columns = [name for name in table.column_names if name not in (*UNIT, "geometry", "cells")]
    counted = table.group_by(list(UNIT), use_threads=False).aggregate([(name, "count") for name in columns])
    found = {}
    for row in counted.to_pylist():
        unit = (row["reporting_unit"], row["period"])
        found[unit] = {name: row[f"{name}_count"] for name in columns} | {"period": int(row["period"] is not None)}
    return found
