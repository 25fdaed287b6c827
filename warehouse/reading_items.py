"""Rows of the raw tables `rule_outcome` and `reading_item`, from what the ledger keeps of each submission. Called by
`ledger_replicas`; a submission of an older ledger has none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contracts.calendar import DISTRICT_TIME
from contracts.reading_record import READING_NOTE, ReadingRecord, record_of
from warehouse.ledger import Submission
from warehouse.raw_intake_tables import INTAKE_TABLES

EMPTY: dict[str, Any] = dict.fromkeys(INTAKE_TABLES["reading_item"].columns) | {"items": 1}


def rule_outcome_rows(rules: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Rows of `rule_outcome`, from stored rule outcomes by submission."""
    for submission_id, stored in rules:
        split = [rule.partition(" ") for rule in stored["rules"]]
        for number, (letters, reporting_units) in enumerate(stored["units"].items(), start=1):
            yield {
                "submission_id": submission_id,
                "group_no": number,
                "rules": [rule_id for rule_id, _, _ in split],
                "fields": [of_field or None for _, _, of_field in split],
                "outcomes": list(letters),
                "reporting_units": [reporting_unit for reporting_unit, _ in reporting_units],
                "periods": [period for _, period in reporting_units],
            }


def reading_rows(submissions: Iterable[Submission]) -> Iterator[dict[str, Any]]:
    """Rows of `reading_item`: what was done with everything in a file; nothing of one that was not read by then."""
    for one in (item for item in submissions if item.state != "received"):
        record = record_of(json.loads(one.notes.get(READING_NOTE, "{}")))
        arrived_on = one.received_at.astimezone(DISTRICT_TIME).date().isoformat()
        for number, item in enumerate(_items(record, arrived_on), start=1):
            yield {**EMPTY, "submission_id": one.submission_id, "item_no": number, **item}


def _items(record: ReadingRecord, arrived_on: str) -> Iterator[dict[str, Any]]:
    """arrived_on: a day after it that a ledger declares was still to come, and is not taken."""
    for sheet in record.sheets:
        here = {"sheet": sheet.name}
        yield {**here, "part": "sheet", "kind": "ignored" if sheet.ignored else "read", "written": sheet.ignored}
        for rows in sheet.rows:
            at = {"first_row": rows.first, "last_row": rows.last, "items": rows.last - rows.first + 1}
            yield {**here, "part": "rows", "kind": rows.kind, "written": rows.of, **at}
        for column in sheet.columns:
            known = {"score": column.score, "measure_unit": column.measure_unit}
            read = {"place": column.cell, "written": column.heading, "read_as": column.field}
            yield {**here, "part": "column", "kind": column.by, **read, **known}
        for found in sheet.periods:
            read = {"place": found.where, "written": found.text, "read_as": found.period}
            yield {**here, "part": "period", "kind": "taken" if found.taken else "not_taken", **read}
        for rank, declared in enumerate(sheet.declared):
            read = {"place": declared.where, "written": declared.text, "read_as": declared.day}
            is_taken = rank == 0 and declared.day <= arrived_on
            yield {**here, "part": "declared_day", "kind": "taken" if is_taken else "not_taken", **read}
    for kind, count in record.conversions.items():
        yield {"part": "conversion", "kind": kind, "items": count}
