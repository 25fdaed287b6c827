"""Tells people that a step of a build failed, for pipeline.build.run: as a notice, which is mailed and shown."""

import hashlib

from contracts.calendar import today
from pipeline.failures import failure_of, unforeseen
from warehouse import notices
from warehouse.failures.storage import Failure
from warehouse.home import Home
from warehouse.ledger import Ledger

SHOWN_LINES = 3  # of an error's text: what failed stands in its first lines, the rest in the log
SHOWN_CHARACTERS = 600  # as much as a letter shows without scrolling; dbt's messages can be thousands long
BUILD_FAILED: notices.Kind = "build_failed"


def notify_failed(home: Home, ledger: Ledger, step: str, error: Exception) -> None:
    """Enter that a step failed, with the first lines of its error and what to do; the same failure once a day, though a
    build is tried again and again.
    """
    text = "\n".join(str(error).splitlines()[:SHOWN_LINES])[:SHOWN_CHARACTERS]
    happened = f"{type(error).__name__}: {text}"
    key = f"{BUILD_FAILED} {step} {today()} {hashlib.sha256(happened.encode()).hexdigest()[:16]}"
    subject = f"构建在 {step} 这一步失败，已发布的数据不变 (the build failed at this step; what is published stays)"
    notices.notify(
        home, ledger, BUILD_FAILED, key, subject, f"{happened}\n{_remedy(error, home, step)}", {"step": step}
    )
    notices.mark(error, BUILD_FAILED)


def _remedy(error: Exception, home: Home, step: str) -> str:
    """What to do about a failed step, in Chinese and English."""
    try:
        failure = failure_of(error, home) or _of_its_own_text()
    except Exception:  # of looking at the cause: the step that failed is still what people must hear of
        failure = unforeseen(error)
    return (
        f"怎么办：{failure.remedy_zh}。查明后重新构建：warehouse publish；日志：{home.logs}，Airflow 任务 build_marts.{step} "
        f"(what to do: {failure.remedy_en}; then build again: warehouse publish; logs: there, and of this Airflow task)"
    )


def _of_its_own_text() -> Failure:
    return Failure("", "按上面所说处理", "", "as the message above says")
