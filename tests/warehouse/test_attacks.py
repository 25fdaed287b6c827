"""What becomes of each statement of the attack list, on the connections that readers have."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from cli.query_process import memory_held_to
from tests.support.attacks import ATTACKS, FURTHER, PLANNING, TOO_LONG, Attack
from warehouse.serving import Connection, open_locked
from warehouse.settings import Queries

DEPTH = 20_000  # of parentheses, and of additions: more than the parser takes
ROOMY = Queries(memory_megabytes=256, threads=2, seconds=60, rows=100_000)
HASTY = Queries(memory_megabytes=256, threads=2, seconds=1, rows=100_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published database and a file that holds a secret."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "secret.csv").write_text("secret\nsecret\n")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute("create table mart_one as select range as n from range(50)")
    return folder


@pytest.fixture(scope="module")
def connections(folder: Path) -> Iterator[dict[str, Connection]]:
    """Two connections of each kind of limits: what holds for the first one must hold for those that share its instance."""
    path = folder / "warehouse.duckdb"
    with open_locked(path, ROOMY) as first, open_locked(path, ROOMY) as second, open_locked(path, HASTY) as hasty:
        yield {"first": first, "second": second, "hasty": hasty}


def _statement(attack: Attack, folder: Path) -> str:
    texts = {
        "{file}": str(folder / "secret.csv"),
        "{folder}": str(folder),
        "{nested}": "(" * DEPTH + "1" + ")" * DEPTH,
        "{plus}": "+1" * DEPTH,
        "{long}": ",".join("1" * 100_000),
    }
    sql = attack.sql
    for name, text in texts.items():
        sql = sql.replace(name, text)
    return sql


@pytest.mark.parametrize(
    ("attack", "which"),
    [(attack, which) for attack in ATTACKS for which in ("first", "second") if which == "first" or attack.is_cheap],
    ids=lambda value: f"{value.kind}: {value.sql[:60]}" if isinstance(value, Attack) else value,
)
def test_an_attack_has_its_outcome(
    connections: dict[str, Connection], folder: Path, attack: Attack, which: str
) -> None:
    frame = pd.DataFrame({"secret": ["secret"]})
    table_of_python = pa.table({"secret": ["secret"]})
    sql = _statement(attack, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    con = connections["hasty" if attack.outcome == TOO_LONG else which]
    shown: object
    try:
        with memory_held_to(con.limits.memory_megabytes):
            shown = outcome = con.execute(sql).fetchall()
    except duckdb.Error as error:
        outcome, shown = type(error).__name__, str(error)
    assert outcome == attack.outcome, shown
    assert str(folder) not in str(shown) or "{f" in attack.sql, "a path that was not in the statement is shown"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert connections["second"].execute("select count(*), max(n) from mart_one").fetchall() == [(50, 49)]
    assert len(frame) == len(table_of_python) == 1


def test_the_list_has_all_kinds() -> None:
    assert len(ATTACKS) == len({attack.sql for attack in ATTACKS}) == 138 + len(FURTHER) + len(PLANNING)
