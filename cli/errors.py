"""Errors of the `warehouse` command: how they are printed, what exit status they give, and where their traceback goes.

What is said of which error stands in pipeline.failures. cli.main calls `report`; the commands raise `UserError`.
"""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from cli.error_log import traceback_of, write
from warehouse.home import Home

FAILED = 2
"""Exit status of a command that cannot do what it was asked for; 0 and 1 are answers."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as of shells: 128 and the signal's number."""
DEBUG = "WAREHOUSE_DEBUG"


class UserError(RuntimeError):
    """The command cannot do what it was asked for; the message says why."""


@contextmanager
def invalid_values_as_usage_errors() -> Iterator[None]:
    """Turn a ValueError into a usage error: a reason, an approver, a day or a period that is not acceptable."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def report(error: Exception) -> int:
    """Print what happened and what to do about it, and write the traceback to the home's log; gives the exit status.

    What was asked wrongly is one line, without a log. With WAREHOUSE_DEBUG the traceback is printed, too.
    """
    from pipeline.failures import failure_of, unforeseen

    home = _home()
    try:
        failure = failure_of(error, home)
    except Exception:  # of looking at the cause: what the person wanted is still what failed
        failure = unforeseen(error)
    lines = [f"warehouse: {error}"] if failure is None else failure.lines()
    if failure is not None and (log := write(home, error, sys.argv)):
        lines.append(f"  日志 (log): {log}")
    if os.environ.get(DEBUG):
        print(traceback_of(error), file=sys.stderr)
    print("\n".join(lines), file=sys.stderr)
    return FAILED


def report_interruption() -> None:
    """Say that the command was interrupted."""
    print(
        "warehouse: 已中断；没有写了一半的东西，再运行同一命令即可继续 (interrupted: run it again to go on)",
        file=sys.stderr,
    )


def reader_is_gone() -> bool:
    """Whether who read this command's output (`… | head`) has stopped: nothing is to be said then."""
    output = select.poll()
    output.register(1, 0)
    return bool(output.poll(0))


def _home() -> Home | None:
    """The home of this command; None where none can be named."""
    try:
        return Home.from_env()
    except (OSError, RuntimeError):
        return None
