"""A submission sent for the second time, changed only as its receipt says."""

from functools import cache
from pathlib import Path
from typing import Any

from contracts import contract
from ingestion.normalize import normalize
from pipeline.intake.dry_run import Verdict
from tests.support.answers import SAMPLES
from tests.support.resubmission.layers import Draughtsman
from tests.support.resubmission.tables import Clerk

Row = dict[str, Any]
MOST_FEATURES = 1000  # of a clean layer that may hold the truth: a township's, not the district's


def mend(path: Path, verdict: Verdict, folder: Path) -> Path:
    """The mended file, in a folder of the dataset's name: the errors by the receipt's JSON, the true figures from
    samples/clean.
    """
    dataset = str(verdict.dataset)
    errors = [said for said in verdict.as_json()["findings"] if said["severity"] == "error"]
    period = next((outcome.period for outcome in verdict.outcomes if outcome.period), "")
    if contract(dataset).is_layer:
        return Draughtsman(path, dataset, _same_layer(path, verdict, str(period))).mend(errors, folder)
    rows = [row for rows in _clean(dataset) for row in rows]
    latest = sorted(rows, key=lambda row: str(row["period"]), reverse=True)
    return Clerk(path, dataset, sorted(latest, key=lambda row: row["period"] != period)).mend(errors, folder)


@cache
def _clean(dataset: str) -> tuple[list[Row], ...]:
    """Rows of each clean sample of a dataset."""
    tables = (
        normalize(path, path.name, contract(dataset), "s1").table
        for path in sorted((SAMPLES / "clean" / dataset).iterdir())
    )
    return tuple(table.to_pylist() for table in tables if table.num_rows <= MOST_FEATURES)


def _same_layer(path: Path, verdict: Verdict, period: str) -> dict[str, Row]:
    """Features by id of the clean layer that is most like a faulty one: by its features, its unit, its period."""
    own = {row["feature"] for row in normalize(path, path.name, contract(str(verdict.dataset)), "s1").table.to_pylist()}
    reporting_units = {outcome.reporting_unit for outcome in verdict.outcomes}
    best = max(
        _clean(str(verdict.dataset)),
        key=lambda rows: (
            len(own & {row["feature"] for row in rows}),
            rows[0]["reporting_unit"] in reporting_units,
            rows[0]["period"] == period,
            rows[0]["period"],
        ),
    )
    return {row["feature"]: row for row in best}
