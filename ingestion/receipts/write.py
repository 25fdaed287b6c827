"""Writes the whole receipt of a submission, all of it or nothing. Called by `pipeline.intake.receipts` in the sandbox."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from contracts import Finding
from ingestion.receipts.document import document
from ingestion.receipts.layer import write_layer
from ingestion.receipts.names import JSON_NAME, SUFFIX, TEXT_NAME, file_stem
from ingestion.receipts.normalization_log import add_layer_normalization_log
from ingestion.receipts.report_text import text
from ingestion.receipts.summary import SubmissionSummary, UnitSummary
from ingestion.receipts.workbook import write_workbook

UNREADABLE = frozenset(
    f"reading.{name}"
    for name in (
        *("unreadable", "password", "timeout", "stray_cell", "other_format", "not_text", "cut_text", "bad_encoding"),
        *("control_character", "csv_quote", "open_geopackage", "prj_unreadable"),
    )
)
"""Rules of files that cannot be read at all: no copy of them can be marked."""
INDENTED = 10_000  # findings: a longer document is not for reading, and indents take most of the time of writing it


@dataclass(frozen=True)
class Receipt:
    """Where a receipt's files are; None for what it has not.

    workbook: the annotated table; layer: faulty features, points and conversions; picture: a map of the faults.
    """

    folder: Path
    document: Path
    text: Path
    workbook: Path | None = None
    layer: Path | None = None
    picture: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.document, self.text, self.workbook, self.layer, self.picture) if path)


def write_receipt(
    folder: Path,
    *,
    original: Path | None,
    file_name: str,
    submission: SubmissionSummary,
    findings: Sequence[Finding],
    reporting_units: Sequence[UnitSummary],
    table: pa.Table | None,
) -> Receipt:
    """Writes the receipt into a folder of its own, and replaces the one that is there; a receipt is there whole or not
    at all.

    original: the submitted file, under any name, None to leave the marked copy of it out; file_name: what its submitter
    called it; table: the submission table (layers need it).
    Raises OSError when the folder cannot be written. It opens an untrusted file: call it in the sandbox.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = _beside(folder, "new")
    fresh.mkdir()
    indent = 2 if len(findings) <= INDENTED else None
    written = json.dumps(document(submission, file_name, findings, reporting_units), ensure_ascii=False, indent=indent)
    (fresh / JSON_NAME).write_text(written + "\n", encoding="utf-8")
    (fresh / TEXT_NAME).write_text(text(submission, file_name, findings, reporting_units), encoding="utf-8")
    name = f"{file_stem(file_name)}{SUFFIX}"
    workbook, layer, picture = f"{name}.xlsx", f"{name}.gpkg", f"{name}.svg"
    contract = submission.contract
    if contract is not None and original is not None and not any(one.rule_id in UNREADABLE for one in findings):
        if not contract.is_layer:
            write_workbook(fresh / workbook, original, file_name, submission, findings, reporting_units)
        elif table is not None:
            write_layer(fresh / layer, fresh / picture, contract, findings, table)
            add_layer_normalization_log(fresh / layer, submission)
    put_in_place(fresh, folder)
    tables = (path if (path := folder / one).exists() else None for one in (workbook, layer, picture))
    return Receipt(folder, folder / JSON_NAME, folder / TEXT_NAME, *tables)


def put_in_place(fresh: Path, folder: Path) -> None:
    """Lets a receipt that is written take the place of the one that is there."""
    former = _beside(folder, "old")
    if folder.exists():
        os.rename(folder, former)
    os.rename(fresh, folder)
    shutil.rmtree(former, ignore_errors=True)


@contextmanager
def own_folder(folder: Path) -> Iterator[Path]:
    """A folder beside a receipt's, on the same disk, for the process that writes it; removed afterwards."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    own = _beside(folder, "own")
    own.mkdir()
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _beside(folder: Path, what: str) -> Path:
    """A hidden name beside a folder; what a crash left there is removed."""
    beside = folder.with_name(f".{folder.name}.{what}")
    shutil.rmtree(beside, ignore_errors=True)
    return beside
