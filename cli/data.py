"""Commands of the `warehouse` program that read the published data: query, board, report; explain stands in cli.lineage."""

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


class Language(StrEnum):
    zh = "zh"
    en = "en"


def query(
    sql: Annotated[str | None, typer.Argument(help="one statement; default: a prompt")] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="how the rows are printed; xlsx needs --out. csv: a text that a spreadsheet would run (=, +, -, @ in front) "
            "has an apostrophe before it. json: one object a line, texts as they are, for programs",
        ),
    ] = Format.table,
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


def report(
    edition: Annotated[str | None, typer.Option("--edition", help="that of an edition (2025-07.1)")] = None,
    build: Annotated[
        str | None, typer.Option("--build", help="that of a build, by its id, or previous; default: the current one")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="zh: Chinese, en: English")] = Language.zh,
    is_opened: Annotated[bool, typer.Option("--open", help="also open it in a browser")] = False,
) -> None:
    """Print where the report of the current build lies: one page for leaders, which any browser opens and prints.

    Examples: `warehouse report --open` · `warehouse report --edition 2025-07.1 --lang en`
    """
    import webbrowser

    from pipeline.release.published import report_of

    if edition and build:
        raise typer.BadParameter("--edition 与 --build 只能用一个 (only one of --edition and --build)")
    page = report_of(Home.from_env(), edition or build or "current", language.value)
    print(page)
    if is_opened and not webbrowser.open(page.as_uri()):
        raise UserError(
            "这台机器上没有找到浏览器，请自行打开上述文件 (no browser was found here: open this file yourself)"
        )


COMMANDS = (query, board, report, explain)
