"""Writes the public set of a build that is being published: marts, maps, report and workbooks of what anybody may see, in a folder of
its own. Called by pipeline.build.publishing, once the build's own are whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.build import documents, maps, report
from reporting.known_texts import hidden
from reporting.mart_models import models, public_columns
from warehouse.ledger import GateOverride
from warehouse.marts import DATABASE, PUBLIC, copy_columns, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from reporting.workbooks import About


def write(folder: Path, about: "About", let_through: Sequence[GateOverride]) -> None:
    """Write the folder `public` of a build, from the public columns of its published marts (`meta.audience` of the models), in
    which persons are masked already; everything else in it is made of these.
    """
    import duckdb

    public = folder / PUBLIC
    with duckdb.connect(str(folder / DATABASE), read_only=True) as con:
        shown = shown_expressions(con)
    copy_columns(folder / DATABASE, public, public_columns(), shown)
    maps.write_public(folder, public)
    report.write_public(public, let_through)
    documents.write_public(public, about)


def shown_expressions(con: "DuckDBPyConnection") -> dict[tuple[str, str], str]:
    """By public mart and column of a published database, where texts of it are not known, the SQL of what is shown: the code of the column
    that the model names (`meta.unless_known`), else what reporting.known_texts shows, the same for one text throughout a mart.
    """
    codes = unless_known()
    looked_at = [key for key in _text_columns(con) if codes.get(key, "") is not None]
    texts = {(mart, column): _values(con, mart, column) for mart, column in looked_at}
    of_mart: dict[str, set[str]] = defaultdict(set)
    for (mart, _), values in texts.items():
        of_mart[mart] |= values
    shown = {mart: hidden(values) for mart, values in of_mart.items()}
    return {
        (mart, column): _expression(column, {text: shown[mart][text] for text in unknown}, codes.get((mart, column)))
        for (mart, column), values in texts.items()
        if (unknown := sorted(values & shown[mart].keys()))
    }


def unless_known() -> dict[tuple[str, str], str | None]:
    """Mart and column to what its model says of texts in it that are not known: the column whose code is shown in their place; None
    where the texts are the program's own, and all of them are shown.
    """
    return {
        (model["name"], column["name"]): column["config"]["meta"]["unless_known"]
        for model in models()
        for column in model["columns"]
        if "unless_known" in column["config"]["meta"]
    }


def _text_columns(con: "DuckDBPyConnection") -> Iterable[tuple[str, str]]:
    public = public_columns()
    found = con.execute("select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' order by all")
    return [(mart, column) for mart, column in found.fetchall() if column in public.get(mart, ())]


def _values(con: "DuckDBPyConnection", mart: str, column: str) -> set[str]:
    found = con.execute(f'select distinct "{column}" from "{mart}" where "{column}" is not null')
    return {value for (value,) in found.fetchall()}


def _expression(column: str, shown: Mapping[str, str], code: str | None) -> str:
    branches = (
        f"when {quoted(text)} then " + (f'"{code}"' if code else quoted(instead)) for text, instead in shown.items()
    )
    return f'case "{column}" {" ".join(branches)} else "{column}" end'
