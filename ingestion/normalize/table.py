"""Sheets of a workbook into the submission frame: long tables and wide ones."""

import logging
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from contracts import Contract, Finding, finding
from contracts.aggregation import FindingAggregator
from ingestion.normalize.columns import columns_of, is_table_of, missing_columns
from ingestion.normalize.coverage import hold_merged_townships, missing_townships
from ingestion.normalize.hidden import hidden_parts
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.normalization_log import no_conversions
from ingestion.normalize.percents import check_percents
from ingestion.normalize.report_period import IN_COLUMN, SheetPeriod, conflict, sheet_period
from ingestion.normalize.result import NormalizedFile, frame, unreadable
from ingestion.normalize.row_parser import ParsedRow, RowParser
from ingestion.normalize.rows import Cells, Part, Rows, sort_rows
from ingestion.normalize.sheet_metadata import read_about
from ingestion.normalize.sheet_tables import find_tables
from ingestion.normalize.totals import check_totals
from ingestion.readers.cells import RawSheet
from ingestion.readers.tabular import UnreadableFile, read_workbook
from ingestion.sniff import NORMALIZATION_SHEET

log = logging.getLogger(__name__)

DRAFTS_AT_ONCE = 4096


@dataclass
class SheetResult:
    """What one sheet gave."""

    parsed_rows: list[ParsedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows_control: int = 0
    blank_rows: list[int] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    conversions: pa.Table = field(default_factory=no_conversions)

    def take(self, parsed_rows: list[ParsedRow], findings: list[Finding], rows: Rows, notes: dict[str, str]) -> None:
        """Adds what one of the sheet's tables gave."""
        self.parsed_rows += parsed_rows
        self.findings += findings
        self.rows_control += len(rows.control)
        self.blank_rows += rows.blank_numbers
        self.notes = self.notes or notes


def normalize_table(path: Path, file_name: str, contract: Contract, submission_id: str) -> NormalizedFile:
    """A workbook or CSV as the contract's submission frame.

    path: the file; file_name: as it was sent, it may name the period, the township or the unit. Nothing in the file
    raises: what is wrong
    is a finding, of a row's unit or (unit None) of the whole file; readable is False when there is no table to read.
    """
    log.debug("conforming submission %s (%s)", submission_id, contract.dataset)
    try:
        sheets = read_workbook(path)
    except UnreadableFile as error:
        return unreadable(contract, finding(error.rule_id, found=error.detail))
    findings = [
        finding("reading.hidden_sheet", sheet=sheet.name, found=sheet.name)
        for sheet in sheets
        if sheet.hidden and sheet.rows
    ]
    visible = [sheet for sheet in sheets if not sheet.hidden and not (sheet.name or "").startswith(NORMALIZATION_SHEET)]
    if not any(sheet.rows for sheet in visible):
        return unreadable(contract, finding("reading.empty"))
    tables = _tables(visible, contract)
    if not tables:
        return unreadable(
            contract, finding("reading.no_table", sheet=next(sheet.name for sheet in visible if sheet.rows))
        )
    results = [
        _normalize_sheet(list(some), contract, file_name)
        for _, some in groupby(tables, key=lambda table: id(table.sheet))
    ]
    parsed_rows = [draft for result in results for draft in result.parsed_rows]
    if not parsed_rows:
        return unreadable(contract, finding("reading.empty", sheet=tables[0].sheet.name))
    blank_rows = {draft.sheet: result.blank_rows for result in results for draft in result.parsed_rows[:1]}
    del (
        sheets,
        visible,
        tables,
    )  # of a large workbook both at once, cells and drafts, take more memory than there may be
    findings += [found for result in results for found in result.findings]
    hold_merged_townships(parsed_rows, contract)
    folding = FindingAggregator()
    for draft in parsed_rows:
        draft.tell(folding)
    findings += folding.findings()
    findings += missing_townships(parsed_rows, contract, blank_rows)
    rows_control = sum(result.rows_control for result in results)
    rows_read, notes = len(parsed_rows) + rows_control, results[0].notes
    conversions = pa.concat_tables([result.conversions for result in results])
    del results
    return NormalizedFile(
        dataset=contract.dataset,
        table=_framed(parsed_rows, contract),
        findings=findings,
        rows_read=rows_read,
        rows_control=rows_control,
        notes=notes,
        conversions=conversions,
    )


def _tables(sheets: list[RawSheet], contract: Contract) -> list[TableLayout]:
    """The tables of the contract among the sheets; where none has enough of its columns, the one that comes nearest."""
    found = [table for sheet in sheets for table in find_tables(sheet, contract)]
    return [table for table in found if is_table_of(table, contract)] or sorted(
        found, key=lambda table: -table.matches
    )[:1]


def _normalize_sheet(tables: list[TableLayout], contract: Contract, file_name: str) -> SheetResult:
    """What the tables of one sheet give."""
    sheet, result = tables[0].sheet, SheetResult()
    parts, conversions = [], []
    for table in tables:
        rows = sort_rows(table, contract)
        about = read_about(table.above, rows.notes, file_name)
        columns, findings = columns_of(table, contract, rows.data, about.measure_units)
        period = sheet_period(about, contract, sheet.name, file_name)
        row_parser = RowParser(contract, columns, about, period, sheet.name, file_name)
        cells = Cells(sheet, columns, rows)
        parsed_rows = [row_parser.draft(row, cells) for row in rows.data]
        told = {
            field.name for field in contract.fields.values() if field.type == "township" and row_parser.township_said
        }
        findings += missing_columns(columns, contract, sheet.name, told)
        findings += _judge_period(parsed_rows, period, contract, sheet.name)
        _mend_percents(parsed_rows, contract, row_parser)
        parts.append(Part(rows, cells, columns))
        conversions.append(row_parser.conversions.table())
        result.take(parsed_rows, findings, rows, about.notes())
    result.findings += check_totals(parts, contract, sheet.name)
    result.findings += hidden_parts(sheet, parts)
    result.conversions = pa.concat_tables(conversions)
    return result


def _mend_percents(parsed_rows: list[ParsedRow], contract: Contract, row_parser: RowParser) -> None:
    """Fractions that stand for percentages, with their problems and repairs."""
    for index, problems in check_percents(parsed_rows, contract).items():
        draft = parsed_rows[index]
        draft.problems += tuple(problems)
        for problem in problems:
            if problem.operands["severity"] != "error":
                taken = str(problem.operands["expected"])
                row_parser.conversions.note(
                    draft.cells[problem.field], problem.field, "fraction", draft.written(problem.field), taken
                )


def _judge_period(
    parsed_rows: list[ParsedRow], period: SheetPeriod, contract: Contract, sheet: str | None
) -> list[Finding]:
    """Findings on the sheet's period; where it is spoiled no row keeps one, for it would be a guess."""
    if contract.period.from_date:
        return []
    in_column = {draft.period for draft in parsed_rows if draft.own_period}
    if period.spoiled:
        for draft in parsed_rows:
            draft.period = None
        return period.findings
    if len(in_column) == 1 and period.period and period.period not in in_column:
        for draft in parsed_rows:
            draft.period = None
        return [
            conflict(
                sheet, parsed_rows[0].cells.get("period"), (IN_COLUMN, str(*in_column)), (period.source, period.period)
            )
        ]
    if any(
        draft.period is None and not any(problem.field == "period" for problem in draft.problems)
        for draft in parsed_rows
    ):
        return [finding("normalize.period_missing", sheet=sheet, cell=period.cell, field="period")]
    return []


def _framed(parsed_rows: list[ParsedRow], contract: Contract) -> pa.Table:
    """The submission frame. The drafts are used up on the way: each is let go as soon as its rows are in the frame."""
    parts: list[pa.Table] = []
    while parsed_rows:
        parts.append(
            frame(contract, frame_rows(parsed_rows[:DRAFTS_AT_ONCE], contract, sum(part.num_rows for part in parts)))
        )
        del parsed_rows[:DRAFTS_AT_ONCE]
    return pa.concat_tables(parts)


def frame_rows(parsed_rows: list[ParsedRow], contract: Contract, first: int) -> list[dict[str, Any]]:
    """Rows of the submission frame, numbered from `first` on; a wide row becomes one for each of its classes."""
    layout, rows = contract.layout, []
    for draft in parsed_rows:
        common = {
            "sheet": draft.sheet,
            "row_no": draft.row_no,
            "reporting_unit": draft.reporting_unit,
            "period": draft.period,
            "feature": None,
        }
        if not draft.classes:
            rows.append(common | draft.values | {"cells": list(draft.cells.items())})
        for code, heading, area, cell in draft.classes:
            own = {str(layout.class_field): code, str(layout.value_field): area}
            where = draft.cells | {str(layout.class_field): heading, str(layout.value_field): cell}
            rows.append(common | draft.values | own | {"cells": list(where.items())})
    for number, row in enumerate(rows, start=first):
        row["row_id"] = number
    return rows
