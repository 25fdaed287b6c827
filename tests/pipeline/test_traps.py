"""Every faulty sample, judged against a warehouse that holds the clean ones, ends as its answer key says."""

from pathlib import Path

import pytest

from pipeline.dry_run import check_files
from tests.answers import SAMPLES, findings_of, is_named, key, rows_of
from warehouse.home import Home

pytestmark = pytest.mark.slow

DATASETS = sorted({row["dataset"] for row in key("expected_rows") if row["group"] == "traps"})


@pytest.mark.parametrize("dataset", DATASETS)
def test_faulty_files_are_answered_as_the_key_says(clean_home: Home, dataset: str) -> None:
    files = [SAMPLES / row["file"] for row in key("expected_rows") if row["group"] == "traps" and row["dataset"] == dataset]
    wrong = []
    for path, verdict in zip(files, check_files(clean_home, files), strict=True):
        name = path.relative_to(SAMPLES).as_posix()
        rows = rows_of(name)
        counted = (verdict.rows_read, verdict.rows_accepted, verdict.rows_held, verdict.rows_control)
        expected = tuple(int(rows[column]) for column in ("rows_read", "rows_accepted", "rows_held", "control_rows"))
        if counted != expected and rows["certainty"] == "contract":
            wrong.append(f"{name}: rows {counted}, expected {expected}")
        missing = [row for row in findings_of(name) if row["certainty"] == "contract" and not is_named(row, verdict.findings)]
        wrong += [f"{name}: not found: {row['rule']} {row['severity']} at {row['cell_or_feature'] or 'file'}" for row in missing]
    assert not wrong, "\n".join(wrong)


def test_no_clean_file_is_complained_of(clean_home: Home) -> None:
    files = [SAMPLES / row["file"] for row in key("expected_rows") if row["group"] == "clean"]
    complaints = []
    for verdict in check_files(clean_home, files):
        listed = findings_of(Path(verdict.file).relative_to(SAMPLES).as_posix())
        complaints += [
            f"{Path(verdict.file).name}: {item.rule_id} {item.cell or item.feature}: {item.message}" for item in verdict.findings
            if item.severity != "info" and not any(is_named(row, [item]) for row in listed)
        ]
    assert complaints == []
