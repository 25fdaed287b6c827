"""What SQL counts of a table is what Great Expectations finds in it, or more; and nothing passes that was not counted."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import Contract, contract, contracts
from expectations import gx, metrics, suites
from tests.support.submission_tables import good_rows, good_table, submission_table

ROWS = 4
ODD: dict[str, list[Any]] = {
    "BIGINT": [None, -1, 0, 10**12],
    "DOUBLE": [None, -1.0, 0.0, 100.0, 100.5, 1e300, float("nan"), float("inf"), float("-inf")],
    "DATE": [None, date(1900, 1, 1), date(2999, 1, 1)],
    "BOOLEAN": [None, True, False],
    "VARCHAR": [
        None,
        "",
        " ",
        "甲",
        "140404001",
        "140404001\n",
        "2024",
        "2024-06",
        "2024-13",
        "A1-01",
        "A1-1x",
        "0101",
    ],
    "VARCHAR[]": [None, [], ["140404001"], ["140404001", "甲"]],
}
"""Values of each type of column, rightful in some fields and wrong in others."""


def counted(item: Contract, rows: list[dict[str, Any]]) -> list[int] | None:
    return metrics.measure(suites._selected(submission_table(item, rows), item), suites.suite(item))


def failed(item: Contract, rows: list[dict[str, Any]]) -> list[bool]:
    """Which expectations Great Expectations itself finds unmet."""
    rules = suites.suite(item)
    result = gx.run(suites._pandas(submission_table(item, rows), item), rules, index="row_id")
    met = {gx._identity(one.expectation_config): bool(one.success) for one in result.results}
    return [not met[gx._identity(one.configuration)] for one in rules.expectations]


@pytest.mark.parametrize("name", contracts())
def test_a_good_table_passes_by_its_metrics(name: str) -> None:
    item = contract(name)
    assert counted(item, good_rows(item)) == [0] * len(suites.suite(item).expectations)
    result = metrics.passed(suites._selected(good_table(item), item), suites.suite(item))
    assert result is not None and result.success and result.suite_name == name


@pytest.mark.slow
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), name=st.sampled_from(list(contracts())))
def test_what_great_expectations_finds_is_counted(data: st.DataObject, name: str) -> None:
    item = contract(name)
    rows = good_rows(item, ROWS)
    for _ in range(data.draw(st.integers(1, 3))):
        field = data.draw(st.sampled_from(["period", *item.columns]))
        kind = "VARCHAR" if field == "period" else item.columns[field].sql_type
        row = data.draw(st.integers(0, ROWS - 1))
        rows[row][field] = data.draw(st.sampled_from([*ODD[kind], rows[(row + 1) % ROWS][field]]))
    found = counted(item, rows)
    assert found is not None
    for number, (count, is_unmet) in enumerate(zip(found, failed(item, rows), strict=True)):
        assert count > 0 or not is_unmet, suites.suite(item).expectations[number]


def test_numbers_of_failing_rows() -> None:
    item = contract("ecology")
    rows = good_rows(item, ROWS)
    rows[0]["land_area_ha"], rows[1]["land_area_ha"], rows[2]["land_area_ha"] = None, float("nan"), -5.0
    rows[3]["township_code"] = rows[0]["township_code"]
    rules = suites.suite(item).expectations
    by_rule = {
        (one.meta["rule"], one.meta["field"]): count
        for one, count in zip(rules, counted(item, rows) or [], strict=True)
        if count
    }
    assert by_rule == {
        ("contract.missing_value", "land_area_ha"): 2,
        ("contract.negative_value", "land_area_ha"): 1,
        ("contract.duplicate_key", None): 1,
    }


def test_a_column_of_another_type_passes_nothing() -> None:
    item = contract("ecology")
    table = suites._selected(good_table(item), item)
    place = table.schema.get_field_index("land_area_ha")
    texts = table.set_column(place, "land_area_ha", pa.array(["约三百"] * table.num_rows))
    assert metrics.passed(texts, suites.suite(item)) is None
    assert metrics.passed(table.drop_columns(["land_area_ha"]), suites.suite(item)) is None


@pytest.mark.parametrize("short", [1, 2])
def test_a_count_that_is_absent_passes_nothing(monkeypatch: pytest.MonkeyPatch, short: int) -> None:
    item = contract("ecology")
    real = metrics.measure
    monkeypatch.setattr(metrics, "measure", lambda table, suite: (real(table, suite) or [])[:-short])
    assert metrics.passed(suites._selected(good_table(item), item), suites.suite(item)) is None


def test_a_judgement_that_is_absent_passes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    item = contract("ecology")
    real = metrics.run

    def forgetful(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        result.results = result.results[1:]
        return result

    monkeypatch.setattr(metrics, "run", forgetful)
    assert metrics.passed(suites._selected(good_table(item), item), suites.suite(item)) is None
