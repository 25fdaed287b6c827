"""The tasks of the DAG ask_approval: one enters a question, one asks a person in Airflow whether a build becomes an edition
and acts on the answer, one looks what became of it. What is asked and what an answer means is judged by pipeline.release.question.

The approval is made by the very task that was answered, with what Airflow gives it of the answer: a task that is marked
as done by hand has no answer, and approves nothing. An open question costs no worker and no slot of a pool; it wakes at
times, to end itself where a newer one has taken its place.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskAwaitingInput

from orchestration.assets import home
from orchestration.settings import WRITER_POOL
from pipeline.release import question
from pipeline.release.question import OPTIONS, Answer, AnswerRefused, Question
from pipeline.release.question_text import text_of
from pipeline.watch import task_failures

COMMENT = "comment"
SOONEST = timedelta(seconds=1)
"""Shortest time to wait: Airflow takes none for for ever."""


class ApprovalQuestion(HITLOperator):
    """Asks the question that a run has in the ledger; gives {"option", "edition"}. Skipped where the run asks nothing, or a
    newer question has taken the place of this one.
    """

    def execute(self, context: Any) -> Any:
        """Put the question, unless it was answered before this try."""
        asked = question.find(home(), context["dag_run"].run_id)
        if asked is None:
            raise AirflowSkipException("没有要问的 (nothing is asked)")
        if question.outcome(home(), asked) is not None:
            return self._conclude(asked)
        self.subject, self.body = text_of(home(), asked)
        self.assigned_users = [{"id": user, "name": user} for user in asked.users]
        self.response_timeout = self._next_look(asked)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Act on an answer; without one, look whether the question is open still, and wait on."""
        asked = question.find(home(), context["dag_run"].run_id)
        if asked is None:
            raise AirflowFailException("台账没有这个提问 (the ledger does not know this question)")
        if event.get("error_type") == "timeout":
            raise TaskAwaitingInput(method_name="execute_complete", timeout=self._next_look(asked))
        given = super().execute_complete(context, event)
        person = given["responded_by_user"] or {}
        (option, *_) = given["chosen_options"] or [""]
        try:
            return question.answer(
                home(),
                asked,
                Answer(
                    option,
                    person.get("id"),
                    person.get("name"),
                    str(given["params_input"].get(COMMENT, "")),
                    given["responded_at"],
                ),
            )
        except AnswerRefused as error:
            raise AirflowFailException(str(error)) from error

    def validate_params_input(self, params_input: Mapping[str, Any]) -> None:
        """Nothing: Airflow checks what was typed only once it has taken the answer, and would lose it for a comment that is a
        number.
        """

    def _next_look(self, asked: Question) -> timedelta:
        """When to look again at an open question. Ends the task where it is closed."""
        try:
            left = question.remains(home(), asked)
        except AnswerRefused as error:
            self._end(asked, error)
        return max(SOONEST, min(left, timedelta(minutes=question.approval_settings(home()).look_minutes)))

    def _conclude(self, asked: Question) -> dict[str, Any]:
        try:
            return question.conclude(home(), asked)
        except AnswerRefused as error:
            self._end(asked, error)

    def _end(self, asked: Question, error: AnswerRefused) -> NoReturn:
        """A question that a newer one has replaced is no failure; any other that ends without an answer is."""
        if question.outcome(home(), asked) == "superseded":
            raise AirflowSkipException(str(error)) from error
        raise AirflowFailException(str(error)) from error


def approval_question() -> ApprovalQuestion:
    """The task of the DAG ask_approval. What it asks, whom and until when stand in the ledger when it runs."""
    return ApprovalQuestion(
        task_id="ask",
        subject="",
        options=list(OPTIONS),
        params={COMMENT: Param("", type="string", title="意见", description="Kept with the edition 随版次保存")},
        response_timeout=SOONEST,
        pool=WRITER_POOL,
    )


@task(pool=WRITER_POOL)
def offer() -> dict[str, Any]:
    """Enter in the ledger that the approvers are asked about a build, the named one or the current one; or approve it where
    settings.toml wants nobody asked. The run's name is the question's.
    """
    context = get_current_context()
    try:
        return question.ask(home(), context["dag_run"].run_id, context["params"]["build"])
    except question.NotAsked as reason:
        return {"asked": [], "because": str(reason)}


@task(trigger_rule=TriggerRule.ALL_DONE, retries=0)
def conclude() -> dict[str, Any]:
    """What became of the run's question, by the ledger. Fails where it ended without an answer, which it records; skipped
    where nothing was asked, or a newer question has taken its place.
    """
    context = get_current_context()
    asked = question.find(home(), context["dag_run"].run_id)
    if asked is None:
        if context["ti"].xcom_pull(task_ids="offer") is None:
            raise _notified("没有提问 (the question was not put)")
        raise AirflowSkipException("没有要问的 (nothing was asked)")
    before = question.outcome(home(), asked)
    try:
        return question.conclude(home(), asked)
    except question.AnswerRefused as error:
        if before == "superseded":
            raise AirflowSkipException(str(error)) from error
        raise AirflowFailException(str(error)) if before is None else _notified(str(error)) from error


def _notified(words: str) -> AirflowFailException:
    """An error of which people were notified by the task that failed before."""
    error = AirflowFailException(words)
    task_failures.mark_notified(error)
    return error
