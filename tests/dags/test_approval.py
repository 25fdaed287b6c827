"""The task that asks an approver: what it hands on of an answer, when it looks again, and how it ends; the questions'
rules are replaced. The whole cycle in a running Airflow is tests/deploy/test_approval.py.
"""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.release import question
from pipeline.release.question import Answer, AnswerRefused, Question
from warehouse.home import Home

pytestmark = pytest.mark.usefixtures("home")
ASKED = Question("run", "20250801T000000Z-1", "2025-07", ("wang",), datetime(2099, 1, 1, tzinfo=UTC))
CONTEXT = {"dag_run": SimpleNamespace(run_id="run")}
TIME_OUT = {"error": "…", "error_type": "timeout"}
ANSWERED = {
    "chosen_options": ["批准"],
    "params_input": {"comment": 5},
    "responded_at": datetime(2026, 1, 1, tzinfo=UTC),
    "responded_by_user": {"id": "wang", "name": "王局长"},
}


@pytest.fixture
def ask(dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The task, of a run that has asked."""
    monkeypatch.setattr(question, "find", lambda home, name: ASKED if name == "run" else None)
    return dags["ask_approval"].get_task("ask")


def refuse(monkeypatch: pytest.MonkeyPatch, verb: str, outcome: str) -> None:
    """Let a verb refuse, and the ledger name the outcome."""

    def refused(*given: Any) -> Any:
        raise AnswerRefused(outcome)

    monkeypatch.setattr(question, verb, refused)
    monkeypatch.setattr(question, "outcome", lambda home, asked: outcome)


def test_an_answer_is_handed_on_as_airflow_authenticated_it(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[tuple[Question, Answer]] = []

    def take(home: Home, asked: Question, given: Answer) -> str:
        handed.append((asked, given))
        return "done"

    monkeypatch.setattr(question, "answer", take)
    assert ask.execute_complete(CONTEXT, ANSWERED) == "done"
    assert handed == [(ASKED, Answer("批准", "wang", "王局长", "5", ANSWERED["responded_at"]))]
    ask.execute_complete(CONTEXT, {**ANSWERED, "responded_by_user": None, "params_input": {}})
    assert handed[1] == (ASKED, Answer("批准", None, None, "", ANSWERED["responded_at"])), "a default of nobody's"


def test_an_answer_that_is_refused_fails_the_task_for_good(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    refuse(monkeypatch, "answer", "outdated_answer")
    with pytest.raises(AirflowFailException, match="outdated_answer"):
        ask.execute_complete(CONTEXT, ANSWERED)


@pytest.mark.parametrize(
    ("left", "waits"), [(timedelta(days=2), timedelta(minutes=5)), (timedelta(seconds=40), timedelta(seconds=40))]
)
def test_an_open_question_is_looked_at_now_and_then_until_it_lapses(
    ask: Any, monkeypatch: pytest.MonkeyPatch, left: timedelta, waits: timedelta
) -> None:
    from airflow.sdk.exceptions import TaskAwaitingInput

    monkeypatch.setattr(question, "remains", lambda home, asked: left)
    with pytest.raises(TaskAwaitingInput) as parked:
        ask.execute_complete(CONTEXT, TIME_OUT)
    assert (parked.value.method_name, parked.value.timeout) == ("execute_complete", waits)


@pytest.mark.parametrize(
    ("outcome", "ends"), [("superseded", "AirflowSkipException"), ("lapsed", "AirflowFailException")]
)
def test_a_question_that_was_replaced_is_skipped_and_one_that_lapsed_fails(
    ask: Any, monkeypatch: pytest.MonkeyPatch, outcome: str, ends: str
) -> None:
    from airflow.sdk import exceptions

    refuse(monkeypatch, "remains", outcome)
    with pytest.raises(getattr(exceptions, ends)):
        ask.execute_complete(CONTEXT, TIME_OUT)


def test_a_try_after_the_answer_finishes_it_and_asks_nobody_again(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "outcome", lambda home, asked: "批准")
    monkeypatch.setattr(question, "conclude", lambda home, asked: {"option": "批准", "edition": "2025-07.1"})
    assert ask.execute(CONTEXT) == {"option": "批准", "edition": "2025-07.1"}
