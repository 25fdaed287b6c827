"""The `warehouse` command: its groups of commands, and how errors are printed."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import approvals, corrections, data, decisions, operations, releases, submissions
from cli.errors import DEBUG, INTERRUPTED, reader_is_gone, report, report_interruption
from cli.plain_text import plain_output
from warehouse.home import keep_modes

GROUPS: dict[str, tuple[Callable[..., None], ...]] = {
    "报送 submissions": submissions.COMMANDS,
    "决定 decisions": (*decisions.COMMANDS, *corrections.COMMANDS),
    "数据 data": data.COMMANDS,
    "发布 releases": (*releases.COMMANDS, *approvals.COMMANDS),
    "运行 operations": operations.COMMANDS,
}

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
for title, commands in GROUPS.items():
    for command in commands:
        app.command(rich_help_panel=title)(command)


@app.callback()
def _home(
    home: Annotated[Path | None, typer.Option("--home", help="warehouse home; overrides WAREHOUSE_HOME")] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="print the traceback of an error, too; as WAREHOUSE_DEBUG=1")
    ] = False,
) -> None:
    if debug:
        os.environ[DEBUG] = "1"
    if home is not None:
        os.environ["WAREHOUSE_HOME"] = str(home.resolve())


class _Lines(logging.Handler):
    """Prints what the pipeline warns of on its way (a damaged build database that is made anew) as plain lines."""

    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), file=sys.stderr)


@contextmanager
def _warning_lines() -> Iterator[None]:
    reports, lines = logging.getLogger("pipeline"), _Lines(logging.WARNING)
    reports.addHandler(lines)
    reports.propagate = False
    try:
        yield
    finally:
        reports.removeHandler(lines)
        reports.propagate = True


def main() -> Any:
    """Entry point of the `warehouse` command. What is missing, or was refused, is printed in one line, a failure in one
    paragraph; exit status 2.
    """
    keep_modes()
    with plain_output(), _warning_lines():
        return _run()


def _run() -> Any:
    try:
        return app()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # typer turns Ctrl-C into it
            report_interruption()
        if isinstance(ended.__context__, BrokenPipeError) and not reader_is_gone():  # typer takes any for that
            return report(ended.__context__)
        raise
    except Exception as error:
        return report(error)


if __name__ == "__main__":
    sys.exit(main())
