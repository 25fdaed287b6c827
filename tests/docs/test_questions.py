"""Every question of docs/questions.md, asked of the published samples, has the answer that the document shows."""

import pytest

from tests.support.questions import DOCUMENT, answer, questions
from warehouse.home import Home
from warehouse.serving import connect

ASKED = list(questions(DOCUMENT.read_text(encoding="utf-8")))


def test_the_questions_are_numbered_and_in_both_languages_with_a_few_lines_each() -> None:
    assert [title.partition(".")[0] for title, _, _ in ASKED] == [str(number) for number in range(1, len(ASKED) + 1)]
    assert len(ASKED) >= 25
    assert all(" / " in title for title, _, _ in ASKED)
    assert all(sql.count("\n") <= 20 and shown.count("\n") > 2 for _, sql, shown in ASKED)


@pytest.mark.slow
@pytest.mark.parametrize(("title", "sql", "shown"), ASKED, ids=[title for title, _, _ in ASKED])
def test_the_answer_is_the_one_shown(demo_home: Home, title: str, sql: str, shown: str) -> None:
    with connect(demo_home) as con:
        assert answer(con, sql) == shown, title
