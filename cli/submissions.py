"""Commands of the `warehouse` program about submissions: check, template, status, attachments."""

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import UserError
from cli.options import day, whole_number
from cli.options import period as period_option
from warehouse.home import Home

if TYPE_CHECKING:
    from pipeline.intake.dry_run import DryRunResult


class Language(StrEnum):
    zh = "zh"
    en = "en"


def check(
    files: Annotated[list[Path], typer.Argument(exists=True, readable=True, help="files, or folders of files")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per file, one per line")] = False,
    lang: Annotated[Language, typer.Option(help="language of the messages")] = Language.zh,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table", metavar="OUT.csv", help="of one file: also write what was read, as .csv, .xlsx or .parquet"
        ),
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="also list every rule: passed, failed, or why it does not apply")
    ] = False,
) -> None:
    """Check files without loading them: findings, what would be accepted or held, and for several files what to correct
    first. With --table, what was read of one file, as it would be loaded, with the cell of each value; with --rules, what
    became of each rule for each reporting unit.

    Exit status: 0 accepted, 1 held in part or whole, 2 not readable; of several files, the highest.

    Examples: `warehouse check ecology/2025.xlsx` · `warehouse check 报送文件夹/ --lang en` · `warehouse check --json
    inbox/ecology/*.xlsx` · `warehouse check ecology/2025.xlsx --table read.csv` · `warehouse check
    ecology/2025.xlsx --rules`
    """
    from cli.printing_check import print_rules, print_summary, print_verdict
    from pipeline.intake.dry_run import check_files

    verdicts = []
    for verdict in check_files(Home.from_env(), files):
        verdicts.append(verdict)
        if as_json:
            print(json.dumps(verdict.as_json(), ensure_ascii=False), flush=True)
        else:
            print_verdict(verdict, lang.value)
            if rules:
                print_rules(verdict, lang.value)
    if table is not None:
        _write_table(verdicts, table)
    if not verdicts:
        raise UserError(f"没有文件 (no files): {'、'.join(map(str, files))}")
    if len(verdicts) > 1 and not as_json:
        print_summary(verdicts, lang.value)
    raise typer.Exit(max(verdict.exit_code for verdict in verdicts))


def _write_table(verdicts: "list[DryRunResult]", to: Path) -> None:
    from pipeline.intake.read_table import write_table

    read = [one.table for one in verdicts if one.table is not None]
    if len(verdicts) != 1 or not read:
        raise UserError("--table 只用于一个能读取的文件 (takes one file that can be read)")
    try:
        write_table(read[0], to)
    except ValueError as error:
        raise UserError(str(error)) from None


def template(
    dataset: Annotated[str, typer.Argument(help="dataset, by its id or Chinese title")],
    reporting_unit: Annotated[
        str | None,
        typer.Option("--unit", help="a township, project (A1, A1|荫城镇) or indicator; default: all"),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(parser=period_option, help="2025, 2025Q3 or 2025-03; default: left to be filled in"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="file to write, or a folder; default: this folder")] = None,
) -> None:
    """Write the form of a dataset: a workbook to fill in, or an empty layer. Filled in and sent back, it is accepted.

    Examples: `warehouse template rural_waste --unit 荫城镇 --period 2025Q3` · `warehouse template 生态状况年报 --period
    2025 --out forms/`
    """
    from pipeline.intake.templates import template as write

    print(write(dataset, reporting_unit, period, out))


def status(
    last: Annotated[int, typer.Option(parser=whole_number, metavar="NUMBER", help="how many submissions to list")] = 20,
    due: Annotated[bool, typer.Option("--due", help="instead: the expected reports, and what became of each")] = False,
    on: Annotated[
        date | None,
        typer.Option("--on", parser=day, metavar="2026-01-31", help="with --due: as of this day; default: today"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="instead: one JSON object, with the warehouse's health, for a monitor")
    ] = False,
) -> None:
    """What arrived, what became of it, what is published; with --due, the expected reports; with --json, also whether the
    warehouse is well: promises missed, Airflow's heartbeats, disk, notices. It needs no running Airflow.

    Exit status of --json: 0 `health` is ok, 1 it is warning or failing, for the `reasons` given.

    Examples: `warehouse status --last 5` · `warehouse status --due --on 2026-01-31` · `warehouse status --json`
    """
    if as_json:
        from cli.status_json import print_state

        raise typer.Exit(print_state(Home.from_env()))
    if due:
        from cli.printing_due import print_due
        from contracts.calendar import today

        print_due(Home.from_env(), on or today())
    else:
        from cli.printing import print_status

        print_status(Home.from_env(), last)


def attachments(
    number: Annotated[
        str, typer.Argument(help="number of an acceptance, inspection or feedback, a project, or a submission's id")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="folder to copy the files into")] = None,
) -> None:
    """Photos and scans that came with a record. They are archived with their ledger and never published.

    Example: `warehouse attachments JC2025-040 --out 附件/`
    """
    from pipeline.intake.attachments import attachments_for, copy_out

    found = list(attachments_for(Home.from_env(), number))
    if not found:
        raise LookupError(f"没有“{number}”的附件 (no attachments)")
    for one in found:
        copied = f" → {copy_out(one, out)}" if out else ""
        print(f"{one.submission_id}　{one.reporting_unit or '（未对应编号）'}　{one.name}{copied}")


COMMANDS = (check, template, status, attachments)
