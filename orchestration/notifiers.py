"""Airflow's notifiers: what the DAGs call when a task fails for good, or a run is not done by its deadline.
`orchestration.assets` attaches them.

Each enters a notice and mails at once what the outbox has; where the ledger is down, that notice alone. Without a mail
connection the notice stands in the home's file.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseNotifier
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from pipeline.watch import outbox
from pipeline.watch.promises import promised
from pipeline.watch.task_failures import EnteredNotice, deadline_missed, task_failed
from warehouse.home import Home

log = logging.getLogger(__name__)


class _Notifier(BaseNotifier):
    """Mails what was entered; a mail that fails is logged, as the notice stays in the outbox."""

    def _mail(self, home: Home, notice: EnteredNotice | None) -> None:
        from orchestration.mail import NoMail, send, send_notices

        try:
            if notice is None or notice.is_in_ledger:
                send_notices(home)
            elif notice.is_new:
                send(*outbox.letter_of(notice.kind, notice.subject, notice.body, home.notices_file))
        except NoMail as reason:
            log.warning("未邮寄 (not mailed): %s", reason)
        except Exception:
            log.exception("the notice could not be mailed; it stays in the outbox and in %s", home.notices_file)


class TaskFailed(_Notifier):
    """on_failure_callback of every task."""

    def notify(self, context: Any) -> None:
        """Log which task failed at what, enter a notice, mail."""
        instance, error = context["ti"], context.get("exception")
        log.error("任务失败 %s.%s（第 %s 次）: %s", instance.dag_id, instance.task_id, instance.try_number, error)
        home = Home.from_env()
        self._mail(home, task_failed(home, instance.dag_id, instance.task_id, instance.run_id, error))


class DeadlineMissed(_Notifier):
    """Callback of the DAGs' deadlines; the triggerer awaits it."""

    def notify(self, context: Any) -> None:
        """Enter a notice, mail. context: what Airflow gives of the run, {"dag_run": {...}, "deadline": {...}}."""
        run, deadline = context["dag_run"], context["deadline"]
        home = Home.from_env()
        self._mail(home, deadline_missed(home, run["dag_id"], run["dag_run_id"], str(deadline["deadline_time"])))

    async def async_notify(self, context: Any) -> None:
        """As `notify`, in a thread: other triggers go on meanwhile."""
        await asyncio.to_thread(self.notify, context)


def receipt_deadline() -> DeadlineAlert:
    """A run that reads and decides is done within the time that a receipt is promised for."""
    return _deadline("回执 receipt", promised(Home.from_env()).receipt_seconds)


def publish_deadline() -> DeadlineAlert:
    """A run that builds is done within the time that publication is promised for."""
    return _deadline("发布 publication", promised(Home.from_env()).publish_seconds)


def _deadline(name: str, seconds: int) -> DeadlineAlert:
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(seconds=seconds),
        callback=AsyncCallback(DeadlineMissed),
        name=name,
    )
