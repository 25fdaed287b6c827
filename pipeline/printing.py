"""What the command line prints: verdicts, status, query results, the target board."""

import csv
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from contracts import Finding
from contracts.places import township_name
from warehouse.home import Home

if TYPE_CHECKING:
    import duckdb

    from pipeline.dry_run import Verdict

SHOWN_FINDINGS = 12
SHOWN_ROWS = 200
COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
STATES_ZH = {"received": "已收到", "staged": "待审核", "accepted": "已接收", "partly_held": "部分退回", "held": "退回", "waiting": "等待",
             "unreadable": "无法读取"}
STATUS_COLOURS = {"met": "green", "on_track": "green", "slow": "yellow", "stalled": "red", "reversed": "red", "no_data": "dim"}


def new_console() -> Console:
    """Where people read: as wide as their terminal."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 150)


def where(item: Finding) -> str:
    """Where a finding is, as a person looks for it: Sheet1!F9, a feature id, or the whole file."""
    if item.feature:
        return item.feature
    if item.cell:
        return f"{item.sheet}!{item.cell}" if item.sheet else item.cell
    return item.sheet or "全文件"


def print_verdict(verdict: "Verdict", lang: str) -> None:
    """One file's verdict: a line, then its findings, errors first."""
    console = new_console()
    zh = lang == "zh"
    states = Counter(outcome.state for outcome in verdict.outcomes)
    if zh:
        console.print(f"[bold]{verdict.file}[/]　{verdict.dataset or '认不出的报表'}　读取 {verdict.rows_read} 行：可接收 {verdict.rows_accepted}，"
                      f"退回 {verdict.rows_held}，合计行 {verdict.rows_control}" + (f"；{states['waiting']} 个单元等待前置数据" if states["waiting"] else ""))
    else:
        console.print(f"[bold]{verdict.file}[/]  {verdict.dataset or 'unknown dataset'}  {verdict.rows_read} rows read: {verdict.rows_accepted} acceptable, "
                      f"{verdict.rows_held} held, {verdict.rows_control} control" + (f"; {states['waiting']} units wait" if states["waiting"] else ""))
    print_findings(verdict.findings, lang, console)


def print_findings(findings: list[Finding], lang: str = "zh", console: Console | None = None) -> None:
    """Findings, errors first, each with its place and remedy; the rest are counted."""
    console = console or new_console()
    ordered = sorted(findings, key=lambda item: ("error", "warning", "info").index(item.severity))
    for item in ordered[:SHOWN_FINDINGS]:
        message, remedy = (item.message, item.remedy) if lang == "zh" else (item.message_en, item.remedy_en)
        place = " · ".join(part for part in (township_name(item.unit) if item.unit else "", where(item)) if part)
        console.print(f"  [{COLOURS[item.severity]}]●[/] {place}　{message}")
        if item.severity != "info":
            console.print(f"      [dim]{remedy}[/]")
    if len(ordered) > SHOWN_FINDINGS:
        console.print(f"  [dim]… {len(ordered) - SHOWN_FINDINGS} {'条未列出' if lang == 'zh' else 'more'}[/]")


def print_status(home: Home, last: int) -> None:
    """Counts of submissions by dataset and state, the latest ones, and what is published."""
    from warehouse import editions
    from warehouse.ledger import Ledger

    console = new_console()
    with Ledger.open(home.ensure()) as ledger:
        submissions = ledger.submissions()
    counts: Counter[tuple[str, str]] = Counter((one.dataset or "—", one.state) for one in submissions)
    summary = Table("报表 dataset", *STATES_ZH.values(), title=f"{home.root}")
    for dataset in sorted({name for name, _ in counts}):
        summary.add_row(dataset, *(str(counts[dataset, state] or "") for state in STATES_ZH))
    console.print(summary)
    latest = Table("编号", "收到 (UTC)", "报表", "文件", "状态", "行：读/收/退/合计", title=f"最近 {last} 份")
    for one in submissions[-last:]:
        rows = f"{one.rows_read}/{one.rows_accepted}/{one.rows_held}/{one.rows_control}"
        latest.add_row(one.submission_id, f"{one.received_at:%Y-%m-%d %H:%M:%S}", one.dataset or "—", one.file_name, STATES_ZH[one.state], rows)
    console.print(latest)
    made = editions.manifest(home)
    console.print(f"已发布：{made['build_id']}（{editions.current(home)}）" if made else "尚未发布")


def print_rows(relation: "duckdb.DuckDBPyRelation | None", form: str) -> None:
    """Rows of a query, as a table for people (the first SHOWN_ROWS), or whole as CSV or JSON."""
    if relation is None:
        return
    if form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(relation.columns)
        writer.writerows(relation.fetchall())
    elif form == "json":
        for row in relation.fetchall():
            print(json.dumps(dict(zip(relation.columns, row, strict=True)), ensure_ascii=False, default=str))
    else:
        rows = relation.fetchmany(SHOWN_ROWS + 1)
        table = Table(*relation.columns)
        for row in rows[:SHOWN_ROWS]:
            table.add_row(*("" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value) for value in row))
        console = new_console()
        console.print(table)
        if len(rows) > SHOWN_ROWS:
            console.print(f"[dim]前 {SHOWN_ROWS} 行；全部用 --format csv[/]")


def prompt(con: "duckdb.DuckDBPyConnection") -> None:
    """A SQL prompt: a statement ends with a semicolon; `.tables` lists the marts, Ctrl-D ends."""
    import readline  # noqa: F401 - gives input() its history

    import duckdb

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
                print_rows(con.sql("\n".join(lines)), "table")
            except duckdb.Error as error:
                print(error)
            lines = []


BOARD = """
select
    indicator_name, unit, value, period, latest_is_provisional,
    max(target_value) filter (target_year = 2025) as target_2025, max(status_zh) filter (target_year = 2025) as status_2025,
    max(required_per_year) filter (target_year = 2025) as required_2025, max(status) filter (target_year = 2025) as code_2025,
    max(target_value) filter (target_year = 2035) as target_2035, max(status_zh) filter (target_year = 2035) as status_2035,
    max(required_per_year) filter (target_year = 2035) as required_2035, max(status) filter (target_year = 2035) as code_2035
from mart_target_progress
where area_level = 'district'
group by all
order by min(rank)
"""
BOARD_ZONES = """
select distinct indicator_name, unit, zoning, area_name, value, is_allocated, min(rank) over (partition by indicator_name) as rank
from mart_target_progress
where area_level = 'zone'
order by rank, zoning, area_name
"""


def print_board(home: Home) -> None:
    """The target board: each target for the district (value, targets, status, pace required), then each indicator by zone."""
    from warehouse.serving import connect

    console = new_console()
    with connect(home) as con:
        ranked = "(select *, row_number() over () as rank from mart_target_progress)"
        district = con.sql(BOARD.replace("from mart_target_progress", f"from {ranked}")).fetchall()
        zones = con.sql(BOARD_ZONES.replace("from mart_target_progress", f"from {ranked}")).fetchall()
    board = Table("指标", "单位", "现值", "截至", "2025 目标", "2025 状态", "尚须/年", "2035 目标", "2035 状态", "尚须/年",
                  title="上党区规划目标进展（样例数据为模拟数据 SYNTHETIC）")
    for name, unit, value, period, provisional, t25, s25, r25, c25, t35, s35, r35, c35 in district:
        board.add_row(name, unit, _number(value), f"{period or '—'}{'*' if provisional else ''}", _number(t25), _coloured(s25, c25), _number(r25),
                      _number(t35), _coloured(s35, c35), _number(r35))
    console.print(board)
    names = list(dict.fromkeys(row[3] for row in zones))
    for zoning, title in (("consolidation", "整治区"), ("restoration", "修复区")):
        chosen = [name for name in names if any(row[2] == zoning and row[3] == name for row in zones)]
        values = {(row[0], row[3]): (row[4], row[5]) for row in zones if row[2] == zoning}
        table = Table("指标", "单位", *chosen, title=f"分{title}现值")
        for name, unit in dict.fromkeys((row[0], row[1]) for row in zones):
            cells = [values.get((name, zone), (None, False)) for zone in chosen]
            table.add_row(name, unit, *(f"{_number(value)}{'≈' if allocated else ''}" for value, allocated in cells))
        console.print(table)
    console.print("[dim]* 年度未结束或季度未齐；≈ 按实测面积分摊。各区之和等于全区。[/]")


def _number(value: Any) -> str:
    return "—" if value is None else f"{value:,.4g}" if abs(value) < 10 else f"{value:,.2f}"


def _coloured(status: str | None, code: str | None) -> str:
    return "—" if status is None else f"[{STATUS_COLOURS.get(code or '', 'white')}]{status}[/]"
