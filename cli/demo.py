"""`make demo`: folders of submissions through Airflow, the findings of a few faulty files, and at the end the target board,
the report, and what to type next.
"""

import contextlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape

from cli.board import print_board
from cli.errors import UserError
from cli.next_commands import next_commands
from cli.printing import console, print_findings, say
from orchestration.local_run import Event, LocalAirflow, Progress
from pipeline.intake.inbox import drop
from pipeline.intake.overview import submissions, submissions_of_file
from pipeline.release.published import CurrentBuild, current_build, report_of
from warehouse.home import CHECKOUT, Home

SAMPLES = CHECKOUT / "samples"
DEMO_INBOXES = (SAMPLES / "clean", SAMPLES / "2026")  # in this order: what comes later supersedes
KEY_FOLDER = "answers"  # beside the samples of 2026: no submissions
# one fault each of a cell, a sheet, a version, a layer
SHOWN_TRAPS = (
    "ecology/生态年报（保护湿地大于湿地）.xlsx",
    "rural_waste/2025Q4垃圾（混入外区乡镇）.xlsx",
    "project_progress/重点工程月报2025年7月（累计下降）.xlsx",
    "wetland/湿地2025（重叠）.zip",
)
SETTLED_SECONDS = 2.5  # the inbox takes a file when it has not changed for 2 s
MARKER = "made-by-warehouse-demo.json"
"""Lies in a copy of a home that the demo made, and names the build that it is a copy of; a folder without it is not the
demo's, and is left alone."""
MOST_COPIES = 9  # names that are tried, where other folders have them: <home>-traps, <home>-traps-2, …
LONGEST_WORD = 40  # of a result; what is longer is a path or a hash, and stands in the log
LONGEST_ERROR = 300  # characters of a failed task's error, which end in the middle of a traceback; the log has all
MARKS = {"success": "[green]✓[/]", "skipped": "[dim]–[/]", "failed": "[red]✗[/]"}


def run(home: Home, inboxes: Sequence[Path], watch: Progress | None = None) -> int:
    """Carry the folders' files through Airflow into the home, in one round, and print the target board, where the report
    lies, and three commands to go on with. Returns the exit status: 1 when a DAG failed.

    watch: called with each task's event (orchestration.local_run.LocalAirflow.run) as the task ends.
    """
    with LocalAirflow(home) as airflow:
        return _run(airflow, home, inboxes, watch)


def _run(airflow: LocalAirflow, home: Home, inboxes: Sequence[Path], watch: Progress | None) -> int:
    started = time.monotonic()
    console().rule("上党区国土综合整治和生态修复监测数据仓库 · demo")
    say(f"收件箱 (inbox): {'、'.join(map(str, inboxes))}　仓库 (home): {home.root}")
    if any(inbox.resolve().is_relative_to(SAMPLES) for inbox in inboxes):
        say("[yellow]样例中的数据均为模拟数据（SYNTHETIC），非官方统计；真实的只有代码、名称和规划目标。[/]")
    before = current_build(home)
    dropped = sum(drop(home, inbox, submissions_below(inbox)) for inbox in inboxes)
    say(f"投入 {dropped} 个新文件 ({dropped} new files dropped)")
    failed = _carry(airflow, home, watch)
    _summary(home)
    after = current_build(home)
    if after is None:
        say("[red]没有发布任何版本 (nothing was published)[/]")
        return 1
    if before and before.build_id == after.build_id and not failed:
        say("[green]没有新的内容：什么也没有改变 (nothing new: nothing was changed)[/]")
    if (SAMPLES / "clean").resolve() in [inbox.resolve() for inbox in inboxes]:
        failed = _show_traps(airflow, home, watch) or failed
    console().rule("目标看板 (the target board)")
    print_board(home)
    _say_where(home, after)
    say(f"[dim]{time.monotonic() - started:.0f} s[/]")
    return 1 if failed else 0


def _say_where(home: Home, build: CurrentBuild) -> None:
    """Where the results lie, the report last, and what to type next."""
    say(f"已发布 (published): {escape(str(build.folder))}\n回执 (receipts): {escape(str(home.receipts))}")
    with contextlib.suppress(LookupError):  # of a build without any target's figures, or older than reports
        say(f"报告，用浏览器打开 (the report, for any browser): {escape(str(report_of(home, 'current', 'zh')))}")
    say("\n接下来可以输入 (to go on, type):")
    for command in next_commands(home):
        say(f"  [bold]{escape(command.line)}[/]    [dim]# {escape(command.words)}[/]")


def submissions_below(inbox: Path) -> list[Path]:
    """The files of a folder that are submissions, relative to it and in their order; hidden files and a key are none."""
    found = (path.relative_to(inbox) for path in inbox.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in found if path.parts[0] != KEY_FOLDER)


def _carry(airflow: LocalAirflow, home: Home, watch: Progress | None) -> bool:
    """Run the DAGs until nothing is left to do, showing each task; returns whether one failed."""

    def ended(event: Event) -> None:
        _show_task(event)
        if watch:
            watch(event)

    runs = airflow.run(home, progress=ended)
    return any(run["state"] == "failed" for run in runs)


def _show_task(event: Event) -> None:
    index = f"[{event['map_index']}]" if event.get("map_index", -1) >= 0 else ""
    words = escape(f"{event['dag']}.{event['task']}{index}　{event['seconds']:.1f} s　{_brief(event.get('result'))}")
    say(f"  {MARKS.get(event['state'], '?')} {words}")
    if event["state"] == "failed":
        say(f"    [red]{escape(str(event.get('error'))[:LONGEST_ERROR])}[/]")


def _brief(result: Any) -> str:
    """A task's result on one line: of files that were read their sums, of other results what is short."""
    if isinstance(result, list) and result and isinstance(result[0], dict):
        rows, errors, warnings = (sum(item[name] for item in result) for name in ("rows_read", "errors", "warnings"))
        return f"{len(result)} 个文件，{rows} 行，{errors} 处错误，{warnings} 处提醒"
    if isinstance(result, dict):
        short = {key: str(value) for key, value in result.items() if not isinstance(value, list | dict)}
        return "，".join(f"{key} {value}" for key, value in short.items() if len(value) <= LONGEST_WORD)
    return ""


def _summary(home: Home) -> None:
    received = submissions(home)
    states = Counter(one.state for one in received)
    rows = [
        sum(getattr(one, name) for one in received)
        for name in ("rows_read", "rows_accepted", "rows_held", "rows_control")
    ]
    say(
        f"台账 (ledger)：{len(received)} 份文件 {dict(states)}；读取 {rows[0]} 行 = 接收 {rows[1]} + 退回 {rows[2]} + 合计行 {rows[3]}"
    )


def _show_traps(airflow: LocalAirflow, home: Home, watch: Progress | None) -> bool:
    """Send a few faulty files to a copy of the home, and show the findings of their receipts; returns whether a DAG
    failed. The copy of an earlier demo is used again while the home has published nothing else. Raises UserError when
    there is no name for a copy that is free or its own.
    """
    console().rule("有错误的文件会收到什么 (the findings of faulty files)")
    copy = _place_for_copy(home)
    before = current_build(home)
    if not _is_copy_of(copy, before):
        _copy(home, copy)
    if drop(copy, SAMPLES / "traps", map(Path, SHOWN_TRAPS)):
        time.sleep(SETTLED_SECONDS)
    failed = _carry(airflow, copy, watch)
    if not failed:
        _mark(copy, before)
    for file in SHOWN_TRAPS:
        for one, findings in submissions_of_file(copy, SAMPLES / "traps" / file):
            say(f"\n[bold]{escape(one.file_name)}[/]　接收 {one.rows_accepted} 行，退回 {one.rows_held} 行")
            say(f"  [dim]{escape(str(copy.absolute(str(one.receipt_as))))}[/]")
            print_findings(findings, one.dataset)
    now = current_build(copy)
    say(f"\n其余照常入库；发布指针 (current)：{before.build_id if before else '—'} → {now.build_id if now else '—'}")
    return failed


def _place_for_copy(home: Home) -> Home:
    """Where the copy of a home is, or may be made: beside it, under the first name that nothing but a demo has taken."""
    names = [f"{home.root.name}-traps", *(f"{home.root.name}-traps-{no}" for no in range(2, MOST_COPIES + 1))]
    for name in names:
        root = home.root.with_name(name)
        if _is_ours(root) or not os.path.lexists(root):
            return Home(root)
        say(f"[yellow]{escape(str(root))} 不是 demo 建的，保留不动 (not made by the demo: left as it is)[/]")
    raise UserError(
        f"{home.root} 旁边没有可用的名字，请移开一个上述文件夹，或用 WAREHOUSE_HOME 指定别处 (no free name beside it: "
        f"move one of these folders away, or set WAREHOUSE_HOME): {'、'.join(names)}"
    )


def _is_ours(root: Path) -> bool:
    return root.is_dir() and not root.is_symlink() and (root / MARKER).is_file()


def _copy(home: Home, copy: Home) -> None:
    """Copy a home anew. The marker comes first and goes last: a copy that was broken off is still known as the demo's."""
    if _is_ours(copy.root):
        for path in copy.root.iterdir():
            if path.name != MARKER:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    copy.root.mkdir(exist_ok=True)
    _mark(copy, None)
    ignored = shutil.ignore_patterns("logs", "airflow", MARKER)
    shutil.copytree(home.root, copy.root, symlinks=True, ignore=ignored, dirs_exist_ok=True)


def _mark(copy: Home, build: CurrentBuild | None) -> None:
    (copy.root / MARKER).write_text(json.dumps(_marked(build)), encoding="utf-8")


def _marked(build: CurrentBuild | None) -> dict[str, str | None]:
    return {"copy_of": build.build_id if build else None}


def _is_copy_of(copy: Home, build: CurrentBuild | None) -> bool:
    if build is None or not _is_ours(copy.root):
        return False
    try:
        marked = json.loads((copy.root / MARKER).read_text(encoding="utf-8"))
    except ValueError:  # cut off while it was written
        return False
    return bool(marked == _marked(build))
