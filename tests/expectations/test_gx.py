"""A validation in two steps says what Great Expectations alone says in one that works out everything."""

import pytest

from contracts import contracts
from expectations import gx, suites
from tests.support.submission_tables import good_rows, submission_table

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["ecology", "project_ledger", "wetland"])
def test_the_results_are_those_of_one_complete_validation(name: str) -> None:
    item = contracts()[name]
    rows = good_rows(item, 4)
    rows[1] = rows[0] | {
        "row_id": rows[1]["row_id"],
        "source_row": rows[1].get("source_row"),
    }  # a key that stands twice
    rows[2] = {key: None if key in item.columns else value for key, value in rows[2].items()}
    frame = suites._pandas(submission_table(item, rows), item)
    suite = suites.suite(item)
    result = gx.run(frame, suite, "row_id")

    by_number = frame.set_index("row_id", drop=False).rename_axis(None)
    batch = gx._batch_definition().get_batch(batch_parameters={"dataframe": by_number})
    complete = batch.validate(suites.suite(item), result_format="COMPLETE")
    for one in complete.results:
        gx._name_rows(one, by_number, "row_id")

    assert (result.success, result.statistics) == (False, complete.statistics)
    found = gx.expectation_results(result, suite)
    assert repr(found) == repr(gx.expectation_results(complete, suite))  # nan is not nan
    failed = [one for one in found if not one.passed]
    assert failed and all(one.rows for one in failed)
    assert {one.meta["rule"] for one in failed} >= {"contract.missing_value", "contract.duplicate_key"}
