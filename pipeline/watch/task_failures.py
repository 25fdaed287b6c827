"""Notices of failed tasks of Airflow and of runs that take longer than promised, also while the ledger is down.
`orchestration.notifiers` calls it.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import Ledger

SHOWN_CHARACTERS = 1000  # of an error's text: dbt's messages can be thousands long; the task's log has all
TASK_FAILED, DEADLINE_MISSED = "task_failed", "deadline_missed"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What became of a notice. is_in_ledger: the outbox has it, and is mailed; else it is to be mailed by itself, if
    is_new.
    """

    kind: str
    subject: str
    body: str
    is_new: bool
    is_in_ledger: bool


def task_failed(home: Home, dag_id: str, task_id: str, run_id: str, error: BaseException | str | None) -> Told | None:
    """Enter that a task failed for good; the same failure of a DAG once a day. None where people were told of what failed
    by what found it.
    """
    if isinstance(error, BaseException) and notices.is_marked(error):
        return None
    text = (
        f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error or "被中断 (was ended)")
    )
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    key = f"{TASK_FAILED} {dag_id} {task_id} {day} {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return _enter(
        home,
        TASK_FAILED,
        key,
        f"Airflow 任务 {dag_id}.{task_id} 失败 (a task failed)",
        f"{text[:SHOWN_CHARACTERS]}\n运行 (run) {run_id}。请在 Airflow 打开该任务的日志；排除原因后清除该任务（Clear）即可重试，"
        "或 warehouse load；整体状态：warehouse status --json (open the task's log in Airflow; put the cause right and clear "
        "the task, or run warehouse load; the whole state: warehouse status --json)",
    )


def deadline_missed(home: Home, dag_id: str, run_id: str, deadline: str) -> Told:
    """Enter that a run of a DAG is not done by its deadline; once an hour for each DAG: a slow machine delays every run."""
    return _enter(
        home,
        DEADLINE_MISSED,
        f"{DEADLINE_MISSED} {dag_id} {datetime.now(UTC):%Y-%m-%dT%H}",
        f"{dag_id} 的一次运行超过承诺的时间 (a run takes longer than promised)",
        f"运行 (run) {run_id}，期限 (deadline) {deadline}。请在 Airflow 查看哪个任务在等待或重试；整体状态：warehouse status --json "
        "(see in Airflow which task waits or is tried again; the whole state: warehouse status --json)",
    )


def mark_told(error: Exception) -> None:
    """Note at an error that people were told of all that it names: its task is not told besides."""
    notices.mark(error, TASK_FAILED)


def was_told_since(home: Home, moment: datetime) -> bool:
    """Whether people were told since a moment of a failed task, or of a file that could not be read."""
    try:
        with Ledger.open(home) as ledger:
            return any(one.kind in (TASK_FAILED, "read_failed") for one in ledger.notices(since=moment))
    except Exception as error:  # a ledger that fails in any way: then nobody was told by it
        log.warning("the ledger cannot say who was told: %s", error)
        return False


def _enter(home: Home, kind: str, key: str, subject: str, body: str) -> Told:
    try:
        with Ledger.open(home) as ledger:
            is_new = notices.notify(home, ledger, kind, key, subject, body)
            is_in_ledger = any(one.key == key for one in ledger.notices(is_sent=False)) or not is_new
    except Exception as error:  # whatever the ledger raises, people must hear of the task
        log.warning("the ledger could not take the notice %s: %s", key, error)
        is_new, is_in_ledger = notices.note_in_file(home, kind, key, subject, body), False
    return Told(kind, subject, body, is_new, is_in_ledger)
