"""One archived file is read, normalized and validated, and staged. Called by the intake's sandbox policy: everything here
runs in a limited child process, for it parses untrusted files.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sys import intern
from typing import Any

import pyarrow as pa

from contracts import Contract, Finding, contract, finding
from contracts.reading_record import READING_NOTE
from contracts.rule_outcomes import RULES_NOTE, RuleOutcomes
from contracts.submission_table import content_text
from warehouse.home import Home
from warehouse.staged import CONVERSIONS_NOTE, write_normalization_log, write_staged

LINES_AT_ONCE = 8192  # rows of a staged file that are Python objects at the same time
ATTACHMENTS_NOTE = "evidence"  # stored in ledgers, so the word stays
"""Key of a submission's notes: JSON, path in the zip -> the reporting unit that it is an attachment of, null for none."""


UNACCOUNTED = "reading.rows_unaccounted"
"""The rule of rows that are in no account: a fault of ours, of which operators are told."""


@dataclass(frozen=True)
class ReadJob:
    """What to read, and the home in which the staged file is kept. docs_to: JSON of the validation, for the data docs."""

    submission_id: str
    path: Path
    file_name: str
    dataset: str
    home: Home
    docs_to: Path | None = None


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A reporting unit of a submission: rows of the source, rows of the submission table, and a hash of what they say."""

    reporting_unit: str
    period: str | None
    rows: int
    facts: int
    content_hash: str


@dataclass(frozen=True)
class Reading:
    """What reading one file gave. readable: False when nothing could be read, findings say why."""

    submission_id: str
    readable: bool
    rows_read: int
    rows_control: int
    staged_as: str | None = None
    findings: list[Finding] = field(default_factory=list)
    reporting_units: list[UnitCount] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def read(job: ReadJob) -> Reading:
    """Read, normalize and validate one file, and stage its submission table as Parquet, its normalization log beside it.

    Bad data is a finding, never an exception. Raises SystemFault where validating or staging what was read fails: then
    the file has no part in it.
    """
    from expectations.suite_outcomes import put_outcomes
    from expectations.suites import suite, validate
    from ingestion.attachments import attachments_of
    from ingestion.normalize import normalize
    from ingestion.system_faults import own_work

    rules = contract(job.dataset)
    normalized = normalize(job.path, job.file_name, rules, job.submission_id)
    found = list(normalized.findings)
    if not normalized.readable:
        return Reading(job.submission_id, False, normalized.rows_read, normalized.rows_control, findings=found)
    with own_work():
        outcomes = RuleOutcomes()
        if _is_unread(found):
            put_outcomes([], suite(rules), normalized.table, outcomes)
        else:
            found += validate(normalized.table, rules, found, docs=job.docs_to, outcomes=outcomes)
        staged_as = write_staged(job.home, job.submission_id, job.dataset, normalized.table)
        converted = 0
        if normalized.conversions is not None:
            write_normalization_log(job.home, staged_as, normalized.conversions)
            converted = normalized.conversions.num_rows
        del normalized.table  # of a large workbook it takes a hundred megabytes
        rule_outcomes = json.dumps(outcomes.as_dict(), ensure_ascii=False)
        del outcomes  # and this fifty, where each row is a unit
        reporting_units = unit_counts(job.home.absolute(staged_as), rules)
    rows = sum(one.rows for one in reporting_units)
    if unaccounted := normalized.rows_read - normalized.rows_control - rows:
        found.append(finding(UNACCOUNTED, found="?", count=abs(unaccounted)))
    attachments, of_attachments = attachments_of(
        job.path, rules, dict.fromkeys(reporting_unit.reporting_unit for reporting_unit in reporting_units)
    )
    notes = dict(normalized.notes)
    if attachments:
        notes[ATTACHMENTS_NOTE] = json.dumps(attachments, ensure_ascii=False)
    if converted:
        notes[CONVERSIONS_NOTE] = str(converted)
    notes[RULES_NOTE] = rule_outcomes
    notes[READING_NOTE] = json.dumps(normalized.record.as_dict(), ensure_ascii=False)
    return Reading(
        submission_id=job.submission_id,
        readable=True,
        rows_read=rows + normalized.rows_control,
        rows_control=normalized.rows_control,
        staged_as=staged_as,
        findings=[*found, *of_attachments],
        reporting_units=reporting_units,
        notes=notes,
    )


def write_docs(folder: Path, run: str, results: list[tuple[str, Path]]) -> None:
    """Render the validation results (file name, JSON) of one run as a site."""
    from expectations.docs import DataDocs

    docs = DataDocs(folder, run)
    for name, result in results:
        docs.add(name, result)
    docs.write()


def _is_unread(found: list[Finding]) -> bool:
    """Whether the values themselves could not be read (a Shapefile without its attributes): then no check of them says
    anything.
    """
    return any(
        item.reporting_unit is None and item.severity == "error" and item.rule_id.startswith("reading.")
        for item in found
    )


def unit_counts(staged: Path, rules: Contract) -> list[UnitCount]:
    """Reporting units of a staged file with their counts. What says the same of a reporting unit has the same hash, wherever
    it stands.

    Tables may stand side by side: rows with the same number are distinguished by the cell that names their unit.
    """
    import duckdb

    named = next((f"cells['{name}']" for name in rules.reporting_unit.fields), "null")
    with duckdb.connect(config={"threads": 1}) as con:
        lines = con.execute(
            f"""
            select reporting_unit, period, sheet, row_no, {named} as cell, sha256({content_text(rules)}) as line
            from read_parquet($staged)
            order by reporting_unit, period, line
        """,
            {"staged": str(staged)},
        ).to_arrow_reader(LINES_AT_ONCE)
        # grouped here: there may be as many units as rows, and an aggregate holds far more for each than its hash
        return [
            _counted(reporting_unit, period, list(some))
            for (reporting_unit, period), some in groupby(_rows(lines), key=itemgetter(0, 1))
        ]


def _rows(reader: pa.RecordBatchReader) -> Iterator[tuple[Any, ...]]:
    for batch in reader:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _counted(reporting_unit: str, period: str | None, lines: list[tuple[Any, ...]]) -> UnitCount:
    places = {tuple(place) for _, _, *place, _ in lines}
    content = "\n".join(line for *_, line in lines)
    return UnitCount(
        reporting_unit, period and intern(period), len(places), len(lines), hashlib.sha256(content.encode()).hexdigest()
    )
