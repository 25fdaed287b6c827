"""Prints findings, status and query results for the `warehouse` command."""

import csv
import json
import math
import sys
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.plain_text import plain_console
from contracts import DISTRICT_TIME, Finding, contract
from contracts.consequences import with_causes
from contracts.findings import SEVERITIES
from contracts.names import SUBMISSION_STATES_ZH, unit_name
from contracts.text import csv_text, value_text
from warehouse.home import Home

if TYPE_CHECKING:
    from warehouse.serving import Connection, Rows

SHOWN_FINDINGS = 12  # of a file: a screenful; the receipt has all
SHOWN_ROWS = 200  # of a query: what a person scrolls through; --format csv gives all
BATCH_ROWS = 10_000  # of CSV or JSON: printed while the next ones are fetched
COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
WIDTH = 150  # of a table, where the output is no terminal


def console() -> Console:
    """The terminal, or a page wide enough for the tables."""
    return plain_console(WIDTH)


def say(line: str) -> None:
    """Print a line with rich's markup, however long; text that comes from files is to be escaped."""
    console().print(line, soft_wrap=True)


def moment(at: datetime) -> str:
    """A moment that knows its zone as tables print it: to the minute, in the time of the district."""
    return f"{at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M}"


def where(item: Finding, lang: str = "zh") -> str:
    """Where a finding is, as a person looks for it: Sheet1!F9, a feature id, or the whole file."""
    if item.feature:
        return item.feature
    if item.cell:
        return f"{item.sheet}!{item.cell}" if item.sheet else item.cell
    return item.sheet or ("全文件" if lang == "zh" else "whole file")


def print_findings(findings: list[Finding], dataset: str | None, lang: str = "zh") -> None:
    """Print findings, errors first, each with its reporting unit, place and remedy, what follows from another behind it;
    beyond SHOWN_FINDINGS they are counted.
    """
    rules = contract(dataset) if dataset else None
    ordered = sorted(with_causes(findings, rules), key=lambda pair: SEVERITIES.index(pair[0].severity))
    for item, cause in ordered[:SHOWN_FINDINGS]:
        message, remedy = (item.message, item.remedy) if lang == "zh" else (item.message_en, item.remedy_en)
        place = " · ".join(
            part
            for part in (unit_name(rules, item.reporting_unit) if item.reporting_unit else "", where(item, lang))
            if part
        )
        said = escape(f"{place}　{message}")
        say(f"  [{COLOURS[item.severity]}]●[/] {said} [dim]{escape(item.rule_id)}[/]")
        if cause is not None:
            words = (
                "由上述问题引起，请先改正"
                if lang == "zh"
                else "follows from what is wrong there, to be corrected first:"
            )
            say(f"      [dim]{words} {escape(where(cause, lang))} {escape(cause.rule_id)}[/]")
        if item.severity != "info":
            say(f"      [dim]{escape(remedy)}[/]")
    if len(ordered) > SHOWN_FINDINGS:
        say(f"  [dim]… {len(ordered) - SHOWN_FINDINGS} {'条未列出' if lang == 'zh' else 'more'}[/]")


def print_status(home: Home, last: int) -> None:
    """Print counts of submissions by dataset and state, the latest submissions, and what is published."""
    from cli.printing_inbox import print_not_taken
    from pipeline.intake.inbox import not_taken
    from pipeline.intake.overview import submissions
    from pipeline.release.published import current_build, pin
    from warehouse.serving import CurrentMissing

    received = submissions(home)
    counts: Counter[tuple[str, str]] = Counter((one.dataset or "—", one.state) for one in received)
    summary = Table("报表 dataset", *SUBMISSION_STATES_ZH.values(), title=f"{home.root}")
    for dataset in sorted({name for name, _ in counts}):
        summary.add_row(dataset, *(str(counts[dataset, state] or "") for state in SUBMISSION_STATES_ZH))
    console().print(summary)
    latest = Table("编号", "收到", "报表", "文件", "状态", "行：读/收/退/合计", title=f"最近 {last} 份")
    for one in received[-last:]:
        rows = f"{one.rows_read}/{one.rows_accepted}/{one.rows_held}/{one.rows_control}"
        at = f"{one.received_at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S}"
        latest.add_row(
            one.submission_id, at, one.dataset or "—", escape(one.file_name), SUBMISSION_STATES_ZH[one.state], rows
        )
    console().print(latest)
    try:
        build = current_build(home)
    except FileNotFoundError as error:
        raise CurrentMissing(str(error)) from error
    if build is None and home.current.is_symlink():
        raise CurrentMissing(str(home.current))
    say(
        f"已发布：{build.build_id}（{escape(str(build.folder))}）"
        if build
        else "尚未发布，请运行 (nothing is published; run) warehouse publish"
    )
    if held := pin(home):
        say(f"[yellow]{escape(held)}[/]")
    print_not_taken(not_taken(home))


def table_cell(value: object) -> str:
    """A value in a table of the terminal; empty for None."""
    return "" if value is None else escape(value_text(value, "message"))


def json_value(value: object) -> object:
    """A value as JSON has it, which knows no NaN and no infinities: null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [json_value(one) for one in value]
    if isinstance(value, dict):
        return {str(name): json_value(one) for name, one in value.items()}
    return value


def print_rows(found: "Rows", form: str) -> None:
    """Print the rows of a query: the first SHOWN_ROWS as a table, or all as CSV, in which no text becomes a formula,
    or JSON lines. Raises serving.ServedError.
    """
    if form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(map(csv_text, found.columns))
        for batch in found.batches(BATCH_ROWS):
            writer.writerows([csv_text(value) for value in row] for row in batch)
    elif form == "json":
        for batch in found.batches(BATCH_ROWS):
            for row in batch:
                named = dict(zip(found.columns, map(json_value, row), strict=True))
                print(json.dumps(named, ensure_ascii=False, default=str, allow_nan=False))
    else:
        rows = found.fetchmany(SHOWN_ROWS + 1)
        table = Table(*map(escape, found.columns))
        for row in rows[:SHOWN_ROWS]:
            table.add_row(*map(table_cell, row))
        console().print(table)
        if len(rows) > SHOWN_ROWS:
            say(f"[dim]前 {SHOWN_ROWS} 行；全部用 --format csv[/]")


def prompt(con: "Connection") -> None:
    """Run a SQL prompt: a statement ends with a semicolon; `.tables` lists the marts, Ctrl-C ends a statement that runs,
    Ctrl-D the prompt. Raises serving.QueryStuck.
    """
    import readline  # noqa: F401 - gives input() its history

    import duckdb

    from warehouse.serving import QueryStuck

    print("只读。语句以分号结束；.tables 列出全部表；Ctrl-D 退出。(read-only; end statements with a semicolon)")
    lines: list[str] = []
    while True:
        try:
            line = input("sql> " if not lines else "  -> ")
        except EOFError:
            print()
            return
        if line.strip() == ".tables":
            line = "select table_name, comment from duckdb_tables() order by 1;"
        lines.append(line)
        if line.rstrip().endswith(";"):
            try:
                print_rows(con.execute("\n".join(lines)), "table")
            except QueryStuck:
                raise
            except duckdb.Error as error:
                print(error)
            except KeyboardInterrupt:
                print("已中止 (ended)")
            lines = []
