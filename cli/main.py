"""The `warehouse` command: its groups of commands, and how errors are printed."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import approvals, corrections, data, decisions, operations, releases, submissions

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
) -> None:
    if home is not None:
        os.environ["WAREHOUSE_HOME"] = str(home.resolve())


def main() -> Any:
    """Entry point of the `warehouse` command. What is missing, or was refused, is printed in one line; exit status 2."""
    try:
        return app()
    except (KeyError, IndexError):
        raise
    except (FileNotFoundError, FileExistsError, LookupError, RuntimeError) as error:
        print(f"warehouse: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
