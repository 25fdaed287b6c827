"""Every query and every Python snippet of the README and the guides runs as it stands on the published samples."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.home import CHECKOUT, Home
from warehouse.serving import connect

PAGES = (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
OF_A_FILE = re.compile(r"-- \S+\.sql\n")  # a block that is the content of a file of the project
COMMAND = re.compile(r"""(?:warehouse query(?: --format \w+)?|make sql Q=) ?"(?P<sql>[^"…]+)\"""")
INLINE = re.compile(r"(?<!`)`(?P<sql>(?:from|select) [^`]+)`(?!`)", re.IGNORECASE)


def queries(text: str) -> list[str]:
    """SQL blocks, SQL given to a command, and SQL within a sentence."""
    blocks = [found["text"] for found in BLOCK.finditer(text) if found["kind"] == "sql"]
    commands = [found["sql"] for found in COMMAND.finditer(text)]
    sentences = [found["sql"] for found in INLINE.finditer(BLOCK.sub("", text))]
    return [sql for sql in (*blocks, *commands, *sentences) if not OF_A_FILE.match(sql)]


ASKED = [(page.name, sql) for page in PAGES for sql in queries(page.read_text(encoding="utf-8"))]
SNIPPETS = [
    (page.name, found["text"])
    for page in PAGES
    for found in BLOCK.finditer(page.read_text(encoding="utf-8"))
    if found["kind"] == "python"
]


def test_queries_and_snippets_are_found_wherever_they_stand() -> None:
    text = '```sql\nselect 1\n```\n```sh\nwarehouse query --format csv "from a"\nmake sql Q="from b"\n```\nAsk `from c`; `the table`.'
    assert queries(text) == ["select 1\n", "from a", "from b", "from c"]
    assert queries("```sql\n-- dbt_project/models/staging/stg_a.sql\nselect 1\n```\n") == []
    assert {name for name, _ in ASKED} >= {"README.md", "questions.md", "adding-an-indicator.md"}
    assert {name for name, _ in SNIPPETS} == {"README.md", "bi.md"}


@pytest.mark.slow
@pytest.mark.parametrize(("page", "sql"), ASKED, ids=[f"{page}-{number}" for number, (page, _) in enumerate(ASKED)])
def test_a_query_runs(clean_home: Home, page: str, sql: str) -> None:
    with connect(clean_home) as con:
        con.execute(sql).fetchall()


@pytest.mark.slow
@pytest.mark.parametrize(("page", "code"), SNIPPETS, ids=[page for page, _ in SNIPPETS])
def test_a_python_snippet_prints_rows(clean_home: Home, page: str, code: str, tmp_path: Path) -> None:
    environment = os.environ | {"WAREHOUSE_HOME": str(clean_home.root), "PYTHONPATH": str(CHECKOUT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) > 3
