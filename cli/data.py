"""Commands of the `warehouse` program that read the published data: query, board; explain stands in cli.lineage."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import UserError
from cli.lineage import explain
from warehouse.home import Home

if TYPE_CHECKING:
    from warehouse.serving import Connection


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


class Headers(StrEnum):
    names = "names"
    zh = "zh"


def query(
    sql: Annotated[str | None, typer.Argument(help="one statement; default: a prompt")] = None,
    form: Annotated[Format, typer.Option("--format", help="how the rows are printed; xlsx needs --out")] = Format.table,
    headers: Annotated[
        Headers,
        typer.Option(help="zh: Chinese headings with units, and a CSV that Excel and WPS open (byte order mark)"),
    ] = Headers.names,
    out: Annotated[Path | None, typer.Option(help="file to write, of csv or xlsx; default: print")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="only what anybody may see: no persons, submitters, sites or findings")
    ] = False,
) -> None:
    """Run SQL on the current build, read-only.

    Examples: `warehouse query "from mart_indicator_district where period = '2024'"` · `warehouse query --format csv
    "from dim_zone" > zones.csv` · `warehouse query --format xlsx --headers zh --out 进展.xlsx "from mart_target_progress"`
    """
    import duckdb

    from cli.printing import print_rows, prompt
    from cli.query_process import end_process, memory_held_to
    from warehouse.serving import QueryStuck, ServedError, connect

    is_for_office = form is Format.xlsx or (form is Format.csv and (headers is Headers.zh or out is not None))
    _check(sql, form, headers, out, is_for_office)
    with connect(Home.from_env(), is_public=public) as con:
        try:
            with memory_held_to(con.limits.memory_megabytes):
                if sql is None:
                    prompt(con)
                elif is_for_office:
                    _export(con, sql, form, headers, out)
                else:
                    print_rows(con.execute(sql), form.value)
        except QueryStuck as error:
            end_process(error)
        except ServedError:
            raise  # it says itself what is wrong
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.InternalException):
            raise  # of the database or the machine, not of the statement
        except duckdb.Error as error:
            raise UserError(str(error)) from error


def _check(sql: str | None, form: Format, headers: Headers, out: Path | None, is_for_office: bool) -> None:
    """Raises UserError for options that do not go together."""
    if form is Format.xlsx and (out is None or sql is None):
        raise UserError(
            "xlsx 是文件，请给出语句和 --out 文件.xlsx (give a statement, and --out FILE.xlsx for --format xlsx)"
        )
    if not is_for_office and (headers is Headers.zh or out is not None):
        raise UserError("--headers zh 和 --out 用于 --format csv 或 xlsx (are for --format csv or xlsx)")


def _export(con: "Connection", sql: str, form: Format, headers: Headers, out: Path | None) -> None:
    from pipeline.release.export import as_csv, write_xlsx

    is_chinese = headers is Headers.zh
    if form is Format.csv:
        text = as_csv(con, sql, is_chinese=is_chinese)
        if out is None:
            print(text, end="")
        else:
            out.write_text(text, encoding="utf-8", newline="")
        return
    assert out is not None
    try:
        write_xlsx(con, sql, out, is_chinese=is_chinese)
    except ValueError as error:
        raise UserError(str(error)) from error


def board() -> None:
    """The target board of the current build: each target of the plan, its present value, the pace that it needs.

    Example: `warehouse board`
    """
    from cli.board import print_board

    print_board(Home.from_env())


COMMANDS = (query, board, explain)
