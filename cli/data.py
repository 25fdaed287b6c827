"""Commands of the `warehouse` program that read the published data: query, board; explain stands in cli.lineage."""

from enum import StrEnum
from typing import Annotated

import typer

from cli.errors import UserError
from cli.lineage import explain
from warehouse.home import Home


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


def query(
    sql: Annotated[str | None, typer.Argument(help="one statement; default: a prompt")] = None,
    out: Annotated[Format, typer.Option("--format", help="how the rows are printed")] = Format.table,
) -> None:
    """Run SQL on the current build, read-only.

    Examples: `warehouse query "from mart_indicator_district where period = '2024'"` · `warehouse query --format csv
    "from dim_zone" > zones.csv`
    """
    import duckdb

    from cli.printing import print_rows, prompt
    from cli.query_process import end_process, memory_held_to
    from warehouse.serving import QueryStuck, ServedError, connect

    with connect(Home.from_env()) as con:
        try:
            with memory_held_to(con.limits.memory_megabytes):
                if sql is None:
                    prompt(con)
                else:
                    print_rows(con.execute(sql), out.value)
        except QueryStuck as error:
            end_process(error)
        except ServedError:
            raise  # it says itself what is wrong
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.InternalException):
            raise  # of the database or the machine, not of the statement
        except duckdb.Error as error:
            raise UserError(str(error)) from error


def board() -> None:
    """The target board of the current build: each target of the plan, its present value, the pace that it needs.

    Example: `warehouse board`
    """
    from cli.board import print_board

    print_board(Home.from_env())


COMMANDS = (query, board, explain)
