"""Masks persons in the marts of a build database: in every text of every mart, by the one rule of `contracts.persons`. The step
`transform` of pipeline.build.run ends with it, so that the gate judges, and publishing copies, what is masked.

Raw tables stay as the ledger and the staged files have them, for the program alone: what was accepted must be known by its content
when it comes again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from contracts.persons import LEAST_NAME, without_persons
from reporting.mart_models import models

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TEXTS = """
    select table_name, column_name from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name)
    where database_name = current_database() and schema_name = 'marts' and data_type = 'VARCHAR' order by all
"""


def mask_marts(database: Path) -> int:
    """Mask the marts of a build database in place; gives how many different texts of its columns were masked."""
    import duckdb

    declared = declared_columns()
    with duckdb.connect(str(database)) as con:
        columns: dict[str, list[str]] = defaultdict(list)
        for mart, column in con.execute(TEXTS).fetchall():
            if declared.get((mart, column)) is not False:
                columns[mart].append(column)
        found = {key: texts for mart, names in columns.items() for key, texts in _texts(con, mart, names)}
        free = {one: texts for one, texts in found.items() if declared.get(one)}
        codes = {one: texts for one, texts in found.items() if one not in free}
        kept = _told_apart({text: without_persons(text, has_names=False) for texts in codes.values() for text in texts})
        masked = {one: {text: without_persons(text, has_names=True) for text in texts} for one, texts in free.items()}
        keys = key_columns()
        masked |= {one: _told_apart(texts) for one, texts in masked.items() if one in keys}
        masked |= {one: {text: kept[text] for text in texts} for one, texts in codes.items()}
        con.begin()
        changed = sum(_replace(con, mart, column, texts) for (mart, column), texts in masked.items())
        con.commit()
    return changed


def declared_columns() -> dict[tuple[str, str], bool]:
    """Mart and column to what its model says of persons: True where people write freely, so that names are looked for; False
    where ids of features stand, which are as long as a person's number, and nothing is looked for.
    """
    return {
        (model["name"], column["name"]): column["config"]["meta"]["persons"]
        for model in models()
        for column in model["columns"]
        if "persons" in column["config"]["meta"]
    }


def key_columns() -> set[tuple[str, str]]:
    """Mart and column of the keys of marts."""
    return {(model["name"], column) for model in models() for column in model["config"]["meta"].get("grain", ())}


def _texts(
    con: "DuckDBPyConnection", mart: str, columns: Sequence[str]
) -> Iterator[tuple[tuple[str, str], Sequence[str]]]:
    """Mart and column with the different texts of the column that are long enough to hold a person."""
    lists = ", ".join(f'list(distinct "{name}") filter (length("{name}") >= {LEAST_NAME})' for name in columns)
    row = con.execute(f'select {lists} from marts."{mart}"').fetchone()
    for column, texts in zip(columns, row or (), strict=True):
        yield (mart, column), texts or ()


def _told_apart(kept: Mapping[str, str]) -> dict[str, str]:
    """Masked codes and numbers of documents, with an order behind those that would be the same: keys of marts stay keys."""
    seen: dict[str, int] = defaultdict(int)
    apart = {}
    for written, text in sorted(kept.items()):
        seen[text] += 1
        apart[written] = text if seen[text] == 1 else f"{text}〔{seen[text]}〕"
    return apart


def _replace(con: "DuckDBPyConnection", mart: str, column: str, texts: Mapping[str, str]) -> int:
    """Put the masked texts in the place of those of a column that differ from them; gives how many."""
    changed = {written: text for written, text in texts.items() if written != text}
    if changed:
        con.register("masked", pa.table({"written": list(changed), "kept": list(changed.values())}))
        con.execute(
            f'update marts."{mart}" as mart set "{column}" = masked.kept from masked where mart."{column}" = masked.written'
        )
        con.unregister("masked")
    return len(changed)
