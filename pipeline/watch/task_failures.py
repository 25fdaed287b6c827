"""Notices of failed tasks of Airflow and of runs that take longer than promised, also while the ledger is down.
`orchestration.notifiers` calls it.
"""

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.calendar import today
from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import Ledger

SHOWN_CHARACTERS = 1000  # of an error's text: dbt's messages can be thousands long; the task's log has all
TASK_FAILED: notices.Kind = "task_failed"
DEADLINE_MISSED: notices.Kind = "deadline_missed"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EnteredNotice:
    """What became of a notice. is_in_ledger: the outbox has it, and is mailed; else it is to be mailed by itself, if
    is_new.
    """

    kind: notices.Kind
    subject: str
    body: str
    is_new: bool
    is_in_ledger: bool


def task_failed(
    home: Home, dag_id: str, task_id: str, run_id: str, error: BaseException | str | None
) -> EnteredNotice | None:
    """Enter that a task failed for good; the same failure of a DAG once a day. None where people were notified of what failed
    by what found it.
    """
    if isinstance(error, BaseException) and notices.is_marked(error):
        return None
    text = (
        f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error or "被中断 (was ended)")
    )
    key = f"{TASK_FAILED} {dag_id} {task_id} {today()} {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return _enter(
        home,
        TASK_FAILED,
        key,
        f"Airflow 任务 {dag_id}.{task_id} 失败 (a task failed)",
        f"{text[:SHOWN_CHARACTERS]}\n运行 (run) {run_id}。请在 Airflow 打开该任务的日志；排除原因后清除该任务（Clear）即可重试，"
        "或 warehouse load；整体状态：warehouse status --json (open the task's log in Airflow; put the cause right and clear "
        "the task, or run warehouse load; the whole state: warehouse status --json)",
        {"dag_id": dag_id, "task_id": task_id, "run_id": run_id},
    )


def deadline_missed(home: Home, dag_id: str, run_id: str, deadline: str) -> EnteredNotice:
    """Enter that a run of a DAG is not done by its deadline; once an hour for each DAG: a slow machine delays every run."""
    return _enter(
        home,
        DEADLINE_MISSED,
        f"{DEADLINE_MISSED} {dag_id} {datetime.now(UTC):%Y-%m-%dT%H}",
        f"{dag_id} 的一次运行超过承诺的时间 (a run takes longer than promised)",
        f"运行 (run) {run_id}，期限 (deadline) {deadline}。请在 Airflow 查看哪个任务在等待或重试；整体状态：warehouse status --json "
        "(see in Airflow which task waits or is tried again; the whole state: warehouse status --json)",
        {"dag_id": dag_id, "run_id": run_id},
    )


def mark_notified(error: Exception) -> None:
    """Note at an error that people were notified of all that it names: its task needs no notice besides."""
    notices.mark(error, TASK_FAILED)


def is_run_notified(home: Home, run_id: str, unread: Collection[str]) -> bool:
    """Whether people were notified of a failed task of this very run, or of each submission that it left unread.

    unread: ids of submissions. False where the ledger cannot say.
    """
    try:
        with Ledger.open(home) as ledger:
            known = ledger.notices()
    except Exception as error:  # a ledger that fails in any way: then nobody was notified by it
        log.warning("the ledger cannot say who was notified: %s", error)
        return False
    if any(one.kind == TASK_FAILED and one.detail.get("run_id") == run_id for one in known):
        return True
    failed = {one.detail.get("submission_id") for one in known if one.kind == "read_failed"}
    return bool(unread) and failed.issuperset(unread)


def _enter(
    home: Home, kind: notices.Kind, key: str, subject: str, body: str, detail: Mapping[str, str]
) -> EnteredNotice:
    try:
        with Ledger.open(home) as ledger:
            is_new = notices.notify(home, ledger, kind, key, subject, body, detail)
            is_in_ledger = any(one.key == key for one in ledger.notices(is_sent=False)) or not is_new
    except Exception as error:  # whatever the ledger raises, people must hear of the task
        log.warning("the ledger could not take the notice %s: %s", key, error)
        is_new, is_in_ledger = notices.note_in_file(home, kind, key, subject, body), False
    return EnteredNotice(kind, subject, body, is_new, is_in_ledger)
