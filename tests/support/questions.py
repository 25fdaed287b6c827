"""docs/questions.md taken apart: each question's SQL, and the answer shown below it as a table.

`python -m tests.support.questions` writes the answers anew, from what WAREHOUSE_HOME has published.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from warehouse.home import CHECKOUT, Home
from warehouse.serving import connect

DOCUMENT = CHECKOUT / "docs" / "questions.md"
QUESTION = re.compile(r"^## (?P<title>[^\n]+)\n.*?```sql\n(?P<sql>.*?)```\n\n(?P<answer>(?:\|[^\n]*\n)*)", re.M | re.S)


def questions(text: str) -> Iterator[tuple[str, str, str]]:
    """Title, SQL and answer of each question, in order."""
    for match in QUESTION.finditer(text):
        yield match["title"], match["sql"], match["answer"]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip(".")  # + 0.0: never -0
    return value.isoformat() if isinstance(value, date) else str(value)


def answer(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The result as the table that the document shows: decimals to two places, empty for null."""
    found = con.execute(sql)
    lines = [[column[0] for column in found.description or []]]
    lines.append(["---"] * len(lines[0]))
    lines += [[_shown(value) for value in row] for row in found.fetchall()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_answers(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """The document with the answers that this database gives."""
    for _, sql, shown in list(questions(text)):
        text = text.replace(f"```sql\n{sql}```\n\n{shown}", f"```sql\n{sql}```\n\n{answer(con, sql)}")
    return text


if __name__ == "__main__":
    with connect(Home.from_env()) as published:
        DOCUMENT.write_text(with_answers(published, DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
