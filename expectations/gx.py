"""Great Expectations, kept quiet and cheap: takes a pandas frame and a suite, gives the result of each expectation; one
in-memory context a process. `suites` and `gate` call it.

Everything here imports great_expectations inside its functions: the import alone takes seconds.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationSuiteValidationResult

SHOWN_VALUES = 20  # failing rows of an expectation that go into the data docs, as many as GX itself shows
LOUD_LOGGERS = (
    "great_expectations",
    "great_expectations._docs_decorators",
    "great_expectations.expectations.registry",
    "great_expectations.data_context.types.base",
)
# In this process: what stands in for a property of GX is taken away by the one that put it there.
_one_validation_at_a_time = Lock()
LISTS_OF_EVERY_FAILURE = ("unexpected_list", "unexpected_index_list", "unexpected_index_query")


@dataclass(frozen=True)
class ExpectationResult:
    """The result of one expectation. rows: index columns and values of every failing row, empty where it names none.

    error: why there is no result (an exception, a missing one); an expectation without a result has failed.
    """

    meta: Mapping[str, Any]
    passed: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None


def _quiet() -> None:
    """No telemetry, no progress bars; info lines kept out of the host's log (Airflow's structlog would print hundreds)."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in LOUD_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def new_context() -> Any:
    """A context in memory. It becomes the process's current one: what is validated by another before goes on working."""
    _quiet()
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


@cache
def _batch_definition() -> Any:
    """The batch that every frame is validated as, in a context that lives in memory as long as the process."""
    asset = new_context().data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def warm() -> None:
    """Import GX and make the context now, in a process from which others are forked."""
    _batch_definition()


def new_suite(name: str, expectations: Sequence[Any]) -> "ExpectationSuite":
    """A suite outside any store. expectations: each with a `meta` that names the rule of its failure."""
    _quiet()
    import great_expectations as gx

    return gx.ExpectationSuite(name=name, expectations=list(expectations))


def run(frame: "pd.DataFrame", suite: "ExpectationSuite", index: str) -> "ExpectationSuiteValidationResult":
    """Validate a pandas frame. index: column that names a failing row, in `unexpected_index_list` beside the row's
    values.

    What passes is counted, and only what does not is validated again, for its rows: GX would work out the lists of
    failing rows, at three times the cost, where there are none.
    """
    _batch_definition()  # the context must exist before the suite's expectations are resolved
    by_number = frame.set_index(index, drop=False).rename_axis(None)
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": by_number})
    with _configurations_made_once():
        result = batch.validate(suite, result_format="BASIC")
        failed = {_identity(item.expectation_config) for item in result.results if not item.success}
        again = [one for one in suite.expectations if _identity(one.configuration) in failed]
        if again:
            with_rows = batch.validate(new_suite(suite.name, again), result_format="COMPLETE")
            found = {_identity(item.expectation_config): item for item in with_rows.results}
            result.results = [found.get(_identity(item.expectation_config), item) for item in result.results]
    for item in result.results:
        _name_rows(item, by_number, index)
    return result


def _identity(configuration: Any) -> str:
    """What tells an expectation from the others of its suite, as it was declared and as its result names it."""
    kwargs = {name: value for name, value in configuration.kwargs.items() if name != "batch_id"}
    return json.dumps([configuration.type, kwargs, configuration.meta], sort_keys=True, default=str)


@contextmanager
def _configurations_made_once() -> Iterator[None]:
    """GX makes an expectation's configuration anew each time it looks at one of its arguments, some seventy times in a
    validation: a quarter of the time. Here it is made once for each expectation, none of which changes meanwhile.
    """
    from great_expectations.expectations.expectation import Expectation

    made_anew: property = vars(Expectation)["configuration"]
    made: dict[int, tuple[Any, Any]] = {}  # with the expectation itself, so that no other one gets its number

    def once(expectation: Any) -> Any:
        if id(expectation) not in made:
            made[id(expectation)] = (expectation, made_anew.__get__(expectation))
        return made[id(expectation)][1]

    with _one_validation_at_a_time, patch.object(Expectation, "configuration", property(once)):
        yield


def _name_rows(item: Any, by_number: "pd.DataFrame", index: str) -> None:
    """The failing rows with their values. GX itself looks them up cell by cell, which takes seconds where they are
    many.
    """
    numbers = (item.result or {}).get("unexpected_index_list")
    if numbers:
        given = item.expectation_config.kwargs
        columns = [given["column"]] if "column" in given else list(given["column_list"])
        item.result["unexpected_index_column_names"] = [index]
        item.result["unexpected_index_list"] = by_number.loc[numbers, [*columns, index]].to_dict("records")


def expectation_results(
    result: "ExpectationSuiteValidationResult", suite: "ExpectationSuite"
) -> list[ExpectationResult]:
    """One result for every expectation of the suite; closed on failure: an exception or an absent result has failed."""
    given = list(result.results)
    found = [_expectation_result(item) for item in given]
    missing = len(suite.expectations) - len(given)
    if missing > 0:
        found.append(ExpectationResult(meta={}, passed=False, error=f"{missing} expectations gave no result"))
    return found


def all_passed(suite: "ExpectationSuite") -> list[ExpectationResult]:
    """The results of a suite of which all is known to be met."""
    return [ExpectationResult(meta=dict(one.meta or {}), passed=True) for one in suite.expectations]


def _expectation_result(item: Any) -> ExpectationResult:
    meta = dict(item.expectation_config.meta or {})
    if item.success is True:
        return ExpectationResult(meta=meta, passed=True)
    if problem := _exception(item.exception_info or {}):
        return ExpectationResult(meta=meta, passed=False, error=problem)
    rows = list((item.result or {}).get("unexpected_index_list") or [])
    observed = (item.result or {}).get("observed_value")
    return ExpectationResult(
        meta=meta, passed=False, rows=rows, error=None if rows else f"{item.expectation_config.type}: {observed}"
    )


def _exception(info: Mapping[str, Any]) -> str | None:
    """Message of the first exception; GX keeps either one, or one for each metric by its id."""
    entries = [info] if "raised_exception" in info else list(info.values())
    return next((str(entry["exception_message"]) for entry in entries if entry.get("raised_exception")), None)


def as_json(result: "ExpectationSuiteValidationResult") -> dict[str, Any]:
    """A result as JSON for the data docs: counts and the first failing values, never the list of all."""
    shown = copy(result)
    shown.results = [_shortened(item) for item in result.results]
    return shown.to_json_dict()


def _shortened(item: Any) -> Any:
    short = copy(item)
    short.result = {key: value for key, value in (item.result or {}).items() if key not in LISTS_OF_EVERY_FAILURE}
    if rows := (item.result or {}).get("unexpected_index_list"):
        short.result["unexpected_index_list"] = rows[:SHOWN_VALUES]
    return short
