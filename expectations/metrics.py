"""A submission table measured in one pass of SQL: for each expectation of its suite, how many rows fail it. Great
Expectations judges these few numbers (`passed`) in a tenth of the time that it takes for the table; only a table that fails is
validated by the whole suite, for the rows. `suites` calls it.

Each count is the expectation's own, or stricter: what passes here would pass there (tests/expectations/test_metrics.py).
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from expectations.gx import expectation_results, new_suite, run

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationSuiteValidationResult

log = logging.getLogger(__name__)

NUMBER, CHECK, FAILING = "number", "check", "failing"
"""Columns of the frame of metrics: the place of an expectation in the suite, what it is called, how many rows fail it."""


class Columns(dict[str, str]):
    """SQL of each column's values by its name; one that the table lacks by its mere name, which SQL refuses."""

    def __missing__(self, name: str) -> str:
        return _quoted(name)


def measure(table: pa.Table, suite: "ExpectationSuite") -> list[int] | None:
    """How many rows of a table fail each expectation of a suite, in their order; None where a column is absent, or of a type for
    which an expectation has no meaning. Raises KeyError for a kind of expectation that has no SQL.
    """
    columns = Columns({field.name: _value(field) for field in table.schema})
    counts = ", ".join(COUNTS[one.expectation_type](one, columns) for one in suite.expectations)
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("submission", table)
        try:
            found = con.execute(f"select {counts} from submission").fetchone()
        except duckdb.Error as error:
            log.info("not measured, validated as a whole: %s", error)
            return None
    assert found is not None  # an aggregate without groups is one row
    return list(found)


def passed(table: pa.Table, suite: "ExpectationSuite") -> "ExpectationSuiteValidationResult | None":
    """Great Expectations' result on the metrics of a table that passes all of its suite; None where any row fails, or where
    not all can be measured or judged: then the suite itself has to tell.
    """
    import pandas as pd

    failing = measure(table, suite)
    if failing is None:
        return None
    checks = _names(suite)
    counts = pd.Series(failing, dtype="int64")  # a count that is none would be no number
    frame = pd.DataFrame({NUMBER: range(len(counts)), CHECK: checks[: len(counts)], FAILING: counts})
    judging = _suite_of_metrics(suite.name, tuple(checks))
    result = run(frame, judging, index=NUMBER)
    return result if all(one.passed for one in expectation_results(result, judging)) else None


@cache
def _suite_of_metrics(name: str, checks: tuple[str, ...]) -> "ExpectationSuite":
    import great_expectations.expectations as gxe

    return new_suite(
        name,
        [
            gxe.ExpectColumnDistinctValuesToEqualSet(column=CHECK, value_set=list(checks)),
            gxe.ExpectColumnValuesToBeInSet(column=FAILING, value_set=[0]),
        ],
    )


def _names(suite: "ExpectationSuite") -> list[str]:
    """What the expectations are called: number, kind, column and rule."""
    found = []
    for number, one in enumerate(suite.expectations, start=1):
        where = getattr(one, "column", None) or "、".join(getattr(one, "column_list", ()))
        found.append(f"{number:02d} {where}: {one.expectation_type} ({(one.meta or {}).get('rule')})")
    return found


def _failing(condition: str) -> str:
    return f"count(*) filter (where {condition})"


def _null(one: Any, columns: Columns) -> str:
    return _failing(f"{columns[one.column]} is null")


def _outside(one: Any, columns: Columns) -> str:
    bounds = [
        f"{columns[one.column]} {sign} {_literal(bound)}"
        for sign, bound in (("<", one.min_value), (">", one.max_value))
        if bound is not None
    ]
    return _failing(" or ".join(bounds))


def _of_other_type(one: Any, columns: Columns) -> str:
    types = ", ".join(f"'{name}'" for name in SQL_TYPES[one.type_list[0]])
    return _failing(f"typeof({columns[one.column]}) not in ({types})")


def _unlike(one: Any, columns: Columns) -> str:
    return _failing(f"not regexp_full_match({columns[one.column]}, {_literal(one.regex)})")


def _unlisted(one: Any, columns: Columns) -> str:
    return _failing(f"{columns[one.column]} not in ({', '.join(map(_literal, one.value_set))})")


def _repeated(one: Any, columns: Columns) -> str:
    return f"count({columns[one.column]}) - count(distinct {columns[one.column]})"


def _repeated_together(one: Any, columns: Columns) -> str:
    values = [columns[name] for name in one.column_list]
    whole = " and ".join(f"{value} is not null" for value in values)
    return f"{_failing(whole)} - count(distinct ({', '.join(values)})) filter (where {whole})"


COUNTS: dict[str, Callable[[Any, Columns], str]] = {
    "expect_column_values_to_not_be_null": _null,
    "expect_column_values_to_be_between": _outside,
    "expect_column_values_to_be_in_type_list": _of_other_type,
    "expect_column_values_to_match_regex": _unlike,
    "expect_column_values_to_be_in_set": _unlisted,
    "expect_column_values_to_be_unique": _repeated,
    "expect_compound_columns_to_be_unique": _repeated_together,
}
"""SQL that counts the rows which fail an expectation, by its kind."""
SQL_TYPES = {"float64": ("DOUBLE", "BIGINT"), "datetime64[ms]": ("DATE",), "bool": ("BOOLEAN",)}
"""Types of a column by the first of those that an expectation names for it."""


def _value(field: pa.Field) -> str:
    """A column as Great Expectations sees it in a frame, where a number that is none is a missing one."""
    column = _quoted(field.name)
    return f"nullif({column}, 'nan')" if pa.types.is_floating(field.type) else column


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: Any) -> str:
    if isinstance(value, datetime | date):
        return f"timestamp '{value:%Y-%m-%d}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
