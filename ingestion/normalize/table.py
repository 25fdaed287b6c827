"""Sheets of a workbook into the submission table: long tables and wide ones. Called by `normalize` for every dataset whose
contract is no layer.
"""

import logging
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from contracts import Contract, Finding, finding
from contracts.aggregation import FindingAggregator
from contracts.reading_record import DeclaredDay, PeriodCandidate, ReadingRecord, SheetRecord
from contracts.text import value_text
from ingestion.normalize.accounts import TableAccount, check_accounts, labels_of, not_read, sheet_record
from ingestion.normalize.column_units import unit_contradictions
from ingestion.normalize.columns import columns_of, is_table_of, missing_columns
from ingestion.normalize.container import left_out, table_member
from ingestion.normalize.cover_sheet import cover_of
from ingestion.normalize.declared_day import check_declared_day, declared_days
from ingestion.normalize.from_above import cells_from_above, warned_of_blanks
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.left_out import data_left_out, sheet_not_reported
from ingestion.normalize.long_sheet import address_in_long, record_in_long
from ingestion.normalize.normalization_log import count_by_kind, empty_log
from ingestion.normalize.other_reports import data_of_other_periods, other_report
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.percents import check_percents
from ingestion.normalize.period_captions import told_of_captions
from ingestion.normalize.record_lengths import record_lengths
from ingestion.normalize.report_period import sheet_period
from ingestion.normalize.result import NormalizedFile, unreadable
from ingestion.normalize.row_parser import RowParser
from ingestion.normalize.row_period import period_of_first_row
from ingestion.normalize.row_period_checks import check_row_periods
from ingestion.normalize.rows import Cells, Part, Rows, sort_rows
from ingestion.normalize.sheet_checks import (
    hidden_parts,
    hold_merged_townships,
    missing_townships,
    tell_units_of_cells_once,
)
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata, read_metadata
from ingestion.normalize.sheet_tables import find_tables
from ingestion.normalize.table_rows import table_of
from ingestion.normalize.texts_of_table import findings_around, take_remarks, units_in_margins, units_in_remarks
from ingestion.normalize.totals import check_totals, odd_totals, unlabelled_totals
from ingestion.normalize.township_conflict import check_townships
from ingestion.normalize.turned_sheet import (
    address_in_file,
    findings_in_file,
    log_in_file,
    metadata_in_turned,
    record_in_file,
    rows_in_file,
)
from ingestion.readers.cells import RawSheet, a1
from ingestion.readers.tabular import UnreadableFile, read_workbook
from ingestion.receipt_sheets import NORMALIZATION_SHEET

log = logging.getLogger(__name__)


@dataclass
class SheetResult:
    """What one sheet gave."""

    parsed_rows: list[ParsedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows_control: int = 0
    blank_rows: list[int] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    conversions: pa.Table = field(default_factory=empty_log)
    record: SheetRecord = field(default_factory=lambda: SheetRecord(None))

    def take(self, parsed_rows: list[ParsedRow], findings: list[Finding], rows: Rows, notes: dict[str, str]) -> None:
        """Adds what one of the sheet's tables gave."""
        self.parsed_rows += parsed_rows
        self.findings += findings
        self.rows_control += len(rows.totals)
        self.blank_rows += rows.blank_numbers
        self.notes = self.notes or notes


def normalize_table(path: Path, file_name: str, contract: Contract, submission_id: str) -> NormalizedFile:
    """A workbook or CSV as the contract's submission table.

    path: the file; file_name: as it was sent, it may name the period, the township or the unit of measure. Nothing in the
    file raises: what is wrong is a finding, of a row's reporting unit or (None) of the whole file; readable is False when
    there is no table to read.
    """
    log.debug("normalizing submission %s (%s)", submission_id, contract.dataset)
    try:
        sheets = read_workbook(path)
    except UnreadableFile as error:
        return unreadable(contract, finding(error.rule_id, found=error.detail, **error.operands))
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
    member = table_member(path)
    cover = cover_of(visible, {table.sheet.name for table in tables}, contract)
    results = [
        _normalize_sheet(list(some), contract, file_name, member, cover)
        for _, some in groupby(tables, key=lambda table: id(table.sheet))
    ]
    parsed_rows = [row for result in results for row in result.parsed_rows]
    if not parsed_rows:
        return unreadable(contract, finding("reading.empty", sheet=tables[0].sheet.name))
    findings += [
        finding(fault.rule_id, sheet=sheet.name, cell=fault.cell, **fault.operands)
        for sheet in visible
        for fault in sheet.faults
    ]
    blank_rows = {row.sheet: result.blank_rows for result in results for row in result.parsed_rows[:1]}
    ignored = _ignored(sheets, {table.sheet.name for table in tables}, cover)
    findings += data_left_out(visible, tables, contract)
    findings += _told_of_turned(tables)
    # of a large workbook both at once, cells and parsed rows, take more memory than there may be
    del sheets, visible, tables
    findings += [found for result in results for found in result.findings]
    hold_merged_townships(parsed_rows, contract)
    tell_units_of_cells_once(parsed_rows)
    of_rows = FindingAggregator()
    for row in parsed_rows:
        row.report(of_rows)
    findings += of_rows.findings()
    findings += missing_townships(parsed_rows, contract, blank_rows)
    rows_control = sum(result.rows_control for result in results)
    rows_read, notes = len(parsed_rows) + rows_control, results[0].notes
    members, beside = left_out(path, contract)
    findings += beside
    conversions = pa.concat_tables([result.conversions for result in results])
    record = ReadingRecord(
        (*(result.record for result in results), *ignored, *members),
        count_by_kind(conversions),
    )
    del results
    return NormalizedFile(
        dataset=contract.dataset,
        table=table_of(parsed_rows, contract),
        findings=findings,
        rows_read=rows_read,
        rows_control=rows_control,
        notes=notes,
        conversions=conversions,
        record=record,
    )


def _told_of_turned(tables: list[TableLayout]) -> list[Finding]:
    """A word on the sheets that stand on their side, at the first."""
    turned = list({table.sheet.name: table for table in reversed(tables) if table.sheet.is_turned}.values())
    if not turned:
        return []
    first = turned[-1]
    cell = address_in_file(first.header[0].cell)
    return [finding("sheet.turned", sheet=first.sheet.name, cell=cell, count=len(turned))]


def _ignored(sheets: list[RawSheet], read: set[str | None], cover: LocatedText | None) -> list[SheetRecord]:
    """The sheets that were not read, and why."""
    found = []
    for sheet in sheets:
        if sheet.name in read:
            continue
        if (sheet.name or "").startswith(NORMALIZATION_SHEET):
            reason = "回执的工作表 (of a receipt)"
        elif cover and sheet.name == cover.sheet:
            reason = "封面 (cover of the report)"
        elif not sheet.rows:
            reason = "空白 (blank)"
        else:
            reason = "隐藏 (hidden)" if sheet.hidden else "没有本表的列名 (no heading of the report)"
        found.append(SheetRecord(sheet.name, reason))
    return found


def _tables(sheets: list[RawSheet], contract: Contract) -> list[TableLayout]:
    """The tables of the contract among the sheets; where none has enough of its columns, the one that comes nearest."""
    found = [table for sheet in sheets for table in find_tables(sheet, contract)]
    return [table for table in found if is_table_of(table, contract)] or sorted(
        found, key=lambda table: -table.matches
    )[:1]


def _normalize_sheet(
    tables: list[TableLayout], contract: Contract, file_name: str, member: str | None, cover: LocatedText | None
) -> SheetResult:
    """What the tables of one sheet give. member: the file in the zip that was sent, if it was one; cover: what the workbook's
    cover says of the period.
    """
    sheet, result = tables[0].sheet, SheetResult()
    if sheet.addresses:
        result.findings.append(finding("sheet.long", sheet=sheet.name, cell=tables[0].header[0].cell))
    result.findings += sheet_not_reported(sheet, tables[0].header[0].cell)
    result.findings += told_of_captions(tables, sheet.name)
    result.findings += [
        finding("sheet.figures_like_column_numbers", sheet=sheet.name, cell=a1(table.below[0].no, 1))
        for table in tables
        if table.may_be_numbers
    ]
    parts, accounts, conversions = [], [], []
    candidates: list[PeriodCandidate] = []
    declared: list[DeclaredDay] = []
    for table in tables:
        rows = sort_rows(table, contract)
        metadata = _metadata(table, rows, file_name)
        period = sheet_period(
            metadata, contract, sheet.name, file_name, member, table.period_words, table.caption, cover
        )
        metadata.note_units += units_in_margins(sheet)
        own_period = period.period or period_of_first_row(table, rows.data, contract.period.grain)
        columns, findings = columns_of(table, contract, rows.data, metadata, own_period)
        findings += unit_contradictions(columns, metadata, sheet.name, findings)
        findings += units_in_remarks(table, rows, columns)
        others = other_report(metadata, file_name, contract, table)
        others += data_of_other_periods([*table.above, *rows.notes, *rows.unknown], period, contract, sheet.name)
        known = {one.cell for one in others if one.cell}
        others += [one for one in findings_around(table, rows, contract, period) if one.cell not in known]
        findings += [one for one in others if one not in result.findings]
        candidates += period.candidates
        row_parser = RowParser(contract, columns, metadata, period, sheet.name, file_name)
        cells = Cells(sheet, columns, rows)
        part = Part(rows, cells, columns)
        findings += _take_from_above(part, contract, row_parser, sheet.name)
        findings += unlabelled_totals(part, contract, sheet.name)
        findings += odd_totals(part, sheet.name)
        account = TableAccount(table, rows, columns, labels_of(rows))
        accounts.append(account)
        findings += not_read(sheet, account, contract, findings)
        parsed_rows = [row_parser.parse(row, cells) for row in rows.data]
        findings += missing_columns(columns, contract, sheet.name, row_parser.given_by_sheet)
        findings += check_row_periods(parsed_rows, period, columns, contract, sheet.name)
        if contract.period.from_date:
            days = declared_days(metadata, sheet.name, file_name, member)
            findings += check_declared_day(days, parsed_rows, contract, metadata, sheet.name)
            declared += days
        findings += check_townships(parsed_rows, metadata, contract, sheet.name, file_name, member)
        _read_fractions(parsed_rows, contract, row_parser)
        take_remarks(parsed_rows, table, rows, columns, contract)
        parts.append(part)
        conversions.append(row_parser.log.table())
        result.take(parsed_rows, findings, rows, metadata.notes())
    result.findings += check_totals(parts, contract, sheet.name)
    result.findings += hidden_parts(sheet, parts)
    result.findings += record_lengths(sheet, accounts)
    result.findings += check_accounts(sheet, accounts)
    result.record = sheet_record(sheet, accounts, dict.fromkeys(candidates), dict.fromkeys(declared))
    result.conversions = pa.concat_tables(conversions)
    return _in_file(result, sheet) if sheet.is_turned or sheet.addresses else result


def _take_from_above(part: Part, contract: Contract, row_parser: RowParser, sheet: str | None) -> list[Finding]:
    """Cells that stand for the one above them, with their entries of the log; returns what is said of blank ones."""
    found = cells_from_above(part, contract)
    part.cells.take_from_above((one.row.no, one.column.number, one.value) for one in found)
    for one in found:
        row_parser.log.note(one.cell, one.column.field.name, "from_above", one.written or "", value_text(one.value))
    return warned_of_blanks(found, sheet)


def _metadata(table: TableLayout, rows: Rows, file_name: str) -> SheetMetadata:
    """What stands around a table says."""
    if table.sheet.is_turned:
        return metadata_in_turned(read_metadata(table.lines, table.notes, file_name, table.sheet.name))
    return read_metadata(table.above, rows.notes, file_name, table.sheet.name)


def _in_file(result: SheetResult, sheet: RawSheet) -> SheetResult:
    """What a turned or widened sheet gave, at the addresses in the file."""
    in_file = address_in_file if sheet.is_turned else address_in_long(sheet)
    result.findings, result.blank_rows = findings_in_file(result.findings, in_file), []
    result.conversions = log_in_file(result.conversions, in_file)
    result.record = record_in_file(result.record) if sheet.is_turned else record_in_long(result.record, sheet)
    rows_in_file(result.parsed_rows, in_file)
    return result


def _read_fractions(parsed_rows: list[ParsedRow], contract: Contract, row_parser: RowParser) -> None:
    """Fractions that stand for percentages, with their problems and entries of the log."""
    for index, problems in check_percents(parsed_rows, contract).items():
        row = parsed_rows[index]
        row.problems += tuple(problems)
        for problem in problems:
            if problem.operands["severity"] != "error":
                taken = str(problem.operands["expected"])
                row_parser.log.note(
                    row.cells[problem.field], problem.field, "fraction", row.written(problem.field), taken
                )
