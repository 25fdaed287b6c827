"""What became of each expectation of a contract for each reporting unit, before its findings are made. Called by `suites`."""

from collections.abc import Iterable, Iterator
from sys import intern
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from contracts.rule_outcomes import HIDDEN, NO_VALUE, PASSED, UNREAD, Numbers, RuleOutcomes, UnitKey
from expectations.gx import ExpectationResult

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

UNIT = ("reporting_unit", "period")
ROWS_AT_ONCE = 10_000  # of which Python objects are made at a time
ASKS_FOR_A_VALUE = "contract.missing_value"


def put_outcomes(
    results: Iterable[ExpectationResult], suite: "ExpectationSuite", table: pa.Table, outcomes: RuleOutcomes
) -> None:
    """Put the outcome of every expectation of a suite: passed, not applicable where no row of the unit has a value, hidden
    where a row breaks it, until a finding is made of that; unread where it gave no result.
    """
    of_row = outcomes.numbers(_reporting_units(table))
    reporting_units = np.unique(of_row)
    keys = [(meta["rule"], meta["field"]) for meta in (expectation.meta or {} for expectation in suite.expectations)]
    for rule, field in keys:
        outcomes.put_numbered((rule, field), reporting_units, PASSED)
        if rule != ASKS_FOR_A_VALUE and field is not None:
            outcomes.put_numbered((rule, field), _without(table[field], of_row, reporting_units), NO_VALUE)
    given = {(one.meta["rule"], one.meta["field"]): one for one in results if "rule" in one.meta}
    for key in keys:
        if key not in given or given[key].error:
            outcomes.put_numbered(key, reporting_units, UNREAD)
        elif not given[key].passed:
            broken = [int(row["row_id"]) for row in given[key].rows]
            outcomes.put_numbered(key, of_row[np.isin(table["row_id"].to_numpy(), broken)], HIDDEN)


def _without(values: pa.ChunkedArray, of_row: Numbers, reporting_units: Numbers) -> Numbers:
    """The units of which no row has a value. of_row: the unit of each row."""
    if not values.null_count:
        return reporting_units[:0]
    has_value = np.zeros(reporting_units.max(initial=-1) + 1, bool)
    has_value[of_row[values.is_valid().to_numpy()]] = True
    return reporting_units[~has_value[reporting_units]]


def _reporting_units(table: pa.Table) -> Iterator[UnitKey]:
    """The unit of each row."""
    for batch in table.select(UNIT).to_batches(max_chunksize=ROWS_AT_ONCE):
        for reporting_unit, period in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield reporting_unit, period and intern(period)
