"""The `warehouse` command: the pipeline's verbs for people and scripts."""

import json
import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import decisions as decision_commands
from cli import lineage as tracing_commands
from cli import releases as edition_commands
from pipeline.intake.attachments import attachments
from warehouse.home import Home


class UserError(RuntimeError):
    """What the user asked for cannot be done; the message says why."""


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""
上党区国土综合整治和生态修复监测数据仓库 · the Shangdang restoration warehouse.

All state lies in WAREHOUSE_HOME (default: `var/` in the checkout).

Examples: `warehouse check 生态年报.xlsx` · `warehouse query "select * from mart_target_progress"` · `warehouse status`
""",
)


class Language(StrEnum):
    zh = "zh"
    en = "en"


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


@app.callback()
def _home(
    home: Annotated[Path | None, typer.Option("--home", help="warehouse home; overrides WAREHOUSE_HOME")] = None,
) -> None:
    if home is not None:
        os.environ["WAREHOUSE_HOME"] = str(home.resolve())


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(exists=True, readable=True, help="files, or folders of files")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a file, one a line")] = False,
    lang: Annotated[Language, typer.Option(help="language of the messages")] = Language.zh,
) -> None:
    """Judge files without loading them: findings, what would be accepted or held, and for several files what to do
    first.

    Exit status: 0 accepted, 1 held in part or whole, 2 not readable; of several files, the highest.

    Examples: `warehouse check ecology/2025.xlsx` · `warehouse check 报送文件夹/ --lang en` · `warehouse check --json
    inbox/ecology/*.xlsx`
    """
    from cli.printing_check import print_summary, print_verdict
    from pipeline.intake.dry_run import check_files

    verdicts = []
    for verdict in check_files(Home.from_env(), files):
        verdicts.append(verdict)
        if as_json:
            print(json.dumps(verdict.as_json(), ensure_ascii=False), flush=True)
        else:
            print_verdict(verdict, lang.value)
    if not verdicts:
        raise UserError(f"没有文件 (no files): {'、'.join(map(str, files))}")
    if len(verdicts) > 1 and not as_json:
        print_summary(verdicts, lang.value)
    raise typer.Exit(max(verdict.exit_code for verdict in verdicts))


@app.command()
def template(
    dataset: Annotated[str, typer.Argument(help="dataset, by its id or Chinese title")],
    reporting_unit: Annotated[
        str | None, typer.Option(help="a township, project (A1, A1|荫城镇) or indicator; without it, all")
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="2025, 2025Q3 or 2025-03; without it, left to be filled in")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="file to write, or a folder")] = None,
) -> None:
    """Write the form of a dataset: a workbook to fill in, or an empty layer. Filled in and sent back, it passes.

    Examples: `warehouse template rural_waste --unit 荫城镇 --period 2025Q3` · `warehouse template 生态状况年报 --period
    2025 --out forms/`
    """
    from pipeline.intake.templates import template as write

    print(write(dataset, reporting_unit, period, out))


@app.command()
def load(
    until_built: Annotated[
        bool, typer.Option("--build/--no-build", help="build and publish when something was accepted")
    ] = True,
) -> None:
    """Take in what lies in the inbox and publish, in this process, without Airflow."""
    from pipeline.run import load as run

    print(json.dumps(run(Home.from_env(), build_marts=until_built), ensure_ascii=False, indent=1))


@app.command()
def status(
    last: Annotated[int, typer.Option(help="how many submissions to list")] = 20,
    due: Annotated[
        bool, typer.Option("--due", help="instead: which reports are owed, and what became of them")
    ] = False,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="day to reckon on; default: today")
    ] = None,
) -> None:
    """What arrived, what became of it, what is published; or what is owed."""
    if due:
        from cli.printing_due import print_due
        from pipeline.calendar.expected_reports import today

        print_due(Home.from_env(), on.date() if on else today())
    else:
        from cli.printing import print_status

        print_status(Home.from_env(), last)


@app.command()
def query(
    sql: Annotated[str | None, typer.Argument(help="one statement; without it, a prompt")] = None,
    out: Annotated[Format, typer.Option("--format", help="form of the answer")] = Format.table,
) -> None:
    """SQL on the current edition, read-only.

    Examples: `warehouse query "from mart_indicator_district where period = '2024'"` · `warehouse query --format csv
    "from dim_zone" > zones.csv`
    """
    import duckdb

    from cli.printing import print_rows, prompt
    from warehouse.serving import connect

    with connect(Home.from_env()) as con:
        if sql is None:
            prompt(con)
            return
        try:
            print_rows(con.sql(sql), out.value)
        except duckdb.Error as error:
            raise UserError(str(error)) from error


@app.command()
def publish(force: Annotated[bool, typer.Option("--force", help="build even if nothing changed")] = False) -> None:
    """Build the marts from what is accepted, judge them, and publish them if they pass. Nothing changed: nothing is
    done.
    """
    from pipeline.build import run as build

    home = Home.from_env()
    if not force and not build.is_due(home):
        print("没有变化，未发布新版本 (nothing changed, nothing published)")
        return
    for step, result in build.run(home).items():
        print(f"{step}: {json.dumps(result, ensure_ascii=False)}")


@app.command()
def rebuild(
    into: Annotated[Path, typer.Argument(help="folder for the warehouse home to be made; must not exist")],
) -> None:
    """Make a second warehouse home from the archive alone, and say whether its marts equal those published; approved
    editions are kept.

    Example: `warehouse rebuild /data/check`
    """
    from pipeline.release.rebuild import rebuild as run

    report = run(Home.from_env(), Home(into.resolve()))
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(0 if report["equal"] and not report["not_kept"] else 1)


@app.command()
def board() -> None:
    """The target board of the current edition: every target of the plan, where it stands, the pace that it needs."""
    from cli.board import print_board

    print_board(Home.from_env())


@app.command()
def demo(inbox: Annotated[Path, typer.Option(exists=True, file_okay=False, help="folder of submissions")]) -> None:
    """Run the main job through Airflow, in this process, on a folder of submissions; then show what faulty ones are
    answered.
    """
    from cli.demo import run

    raise typer.Exit(run(Home.from_env(), inbox))


@app.command()
def up(port: Annotated[int, typer.Option(help="port of the web page")] = 8080) -> None:
    """Start Airflow (scheduler, api-server, dag-processor, triggerer), unpaused: files dropped in the inbox are carried
    by themselves.
    """
    from orchestration.server import up as start

    start(Home.from_env(), port)


@app.command()
def down() -> None:
    """Stop what `up` started."""
    from orchestration.server import down as stop

    stop(Home.from_env())


for command in (*decision_commands.COMMANDS, *edition_commands.COMMANDS, *tracing_commands.COMMANDS, attachments):
    app.command()(command)


def main() -> Any:
    """Entry point of the `warehouse` command. What is not there, or was refused, is said in one line; exit status 2."""
    try:
        return app()
    except (KeyError, IndexError):
        raise
    except (FileNotFoundError, FileExistsError, LookupError, RuntimeError) as error:
        print(f"warehouse: {error}", file=sys.stderr)
        return 2
