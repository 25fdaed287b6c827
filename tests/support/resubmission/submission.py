"""A submission sent for the second time, changed only as its receipt says."""

from functools import cache
from pathlib import Path
from typing import Any

from contracts import contract
from ingestion.normalize import normalize
from pipeline.intake.dry_run import DryRunResult
from tests.support.answers import SAMPLES
from tests.support.resubmission.layers import LayerCorrector
from tests.support.resubmission.tables import TableCorrector

Row = dict[str, Any]
MOST_FEATURES = 1000  # of a clean layer that may hold the truth: a township's, not the district's


def correct(path: Path, result: DryRunResult, folder: Path) -> Path:
    """The corrected file, in a folder of the dataset's name: the errors by the receipt's JSON, the true figures from
    samples/clean.
    """
    dataset = str(result.dataset)
    errors = [finding for finding in result.as_json()["findings"] if finding["severity"] == "error"]
    period = next((outcome.period for outcome in result.outcomes if outcome.period), "")
    if contract(dataset).is_layer:
        return LayerCorrector(path, dataset, _same_layer(path, result, str(period))).correct(errors, folder)
    rows = [row for rows in _clean(dataset) for row in rows]
    latest = sorted(rows, key=lambda row: str(row["period"]), reverse=True)
    return TableCorrector(path, dataset, sorted(latest, key=lambda row: row["period"] != period)).correct(
        errors, folder
    )


@cache
def _clean(dataset: str) -> tuple[list[Row], ...]:
    """Rows of each clean sample of a dataset."""
    tables = (
        normalize(path, path.name, contract(dataset), "s1").table
        for path in sorted((SAMPLES / "clean" / dataset).iterdir())
    )
    return tuple(table.to_pylist() for table in tables if table.num_rows <= MOST_FEATURES)


def _same_layer(path: Path, result: DryRunResult, period: str) -> dict[str, Row]:
    """Features by id of the clean layer that is most like a faulty one: by its features, its unit, its period."""
    own = {row["feature"] for row in normalize(path, path.name, contract(str(result.dataset)), "s1").table.to_pylist()}
    reporting_units = {outcome.reporting_unit for outcome in result.outcomes}
    best = max(
        _clean(str(result.dataset)),
        key=lambda rows: (
            len(own & {row["feature"] for row in rows}),
            rows[0]["reporting_unit"] in reporting_units,
            rows[0]["period"] == period,
            rows[0]["period"],
        ),
    )
    return {row["feature"]: row for row in best}
