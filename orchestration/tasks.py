"""The tasks that the DAGs are made of: each calls one verb of the pipeline and says which assets it changed. No logic
of the data.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from orchestration.assets import (
    ACCEPTANCES,
    ACCEPTED,
    ARRIVALS,
    ARRIVED,
    NOT_AGAIN,
    PUBLISHED,
    TIMEZONE,
    home,
)
from orchestration.settings import CALENDAR_POOL, LEDGER_POOL, WRITER_POOL
from pipeline.build import run as build
from pipeline.calendar import digest, periods
from pipeline.intake import receive as intake
from pipeline.release import approve as approving

SHOWN = 20
MAIL = "smtp_default"


def _retried() -> bool:
    """Whether an earlier try may have done the work and died before it said so. Who is then told without need finds
    nothing to do.
    """
    return get_current_context()["ti"].try_number > 1


@task(outlets=[ARRIVALS])
def receive() -> dict[str, int]:
    """Take the whole files from the inbox; update the asset of each family that got something. Skipped when none did."""
    counts = intake.receive(home())
    arrived = {family: counts.get(family, 0) for family in ARRIVED if counts.get(family) or _retried()}
    if not arrived:
        raise AirflowSkipException("收件箱没有新文件 (nothing new in the inbox)")
    for family, count in arrived.items():
        get_current_context()["outlet_events"][ARRIVALS].add(ARRIVED[family], extra={"submissions": count})
    return arrived


@task
def queue(family: str) -> list[list[str]]:
    """The family's submissions to read, from the ledger, in batches."""
    return intake.batches(home(), family)


@task(map_index_template="{{ files }}")
def read(batch: list[str]) -> list[dict[str, Any]]:
    """Read, conform and check one batch; a bad file is an outcome in the answer, not a failure."""
    names = "、".join(intake.file_names(home(), batch))
    get_current_context()["files"] = names  # type: ignore[typeddict-unknown-key]
    try:
        return intake.read_batch(home(), batch)
    except Exception as error:
        raise RuntimeError(f"未能读取 (could not read) {names}: {error}") from error


@task(outlets=[ACCEPTANCES, ARRIVALS], pool=LEDGER_POOL, trigger_rule=TriggerRule.ALL_DONE, priority_weight=10)
def settle(family: str) -> dict[str, Any]:
    """Apply the rules and accept or hold each unit; update what was accepted and whose waiting submissions may go on.
    Else skipped.
    """
    settled = intake.decide(home(), family)
    events = get_current_context()["outlet_events"]
    accepted = bool(settled["accepted"]) or _retried()
    if accepted:
        extra = {"units": settled["accepted"], "files": settled["files"][:SHOWN]}
        events[ACCEPTANCES].add(ACCEPTED[family], extra=extra)
    requeued = {other: count for other, count in settled["requeued"].items() if count}
    for other, count in requeued.items():
        events[ARRIVALS].add(ARRIVED[other], extra={"submissions": count})
    if not accepted and not requeued:
        raise AirflowSkipException(f"本次没有单元入账 (no unit accepted): {settled}")
    return settled


@task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
def name_failed(family: str) -> None:
    """Fail the run, naming the files that stay unread, when a task before it failed for good; skipped otherwise."""
    left = [submission for batch in intake.batches(home(), family) for submission in batch]
    names = "、".join(intake.file_names(home(), left)) or "无 (none)"
    raise AirflowFailException(f"有任务失败，仍未读取的文件 (a task failed; files still unread): {names}")


@task
def due() -> None:
    """Skip the whole run when what is published was made of the very inputs and code that there are now."""
    if not build.is_due(home()):
        raise AirflowSkipException("已发布的就是最新的 (what is published is up to date)")


@task(pool=WRITER_POOL)
def sync() -> dict[str, Any]:
    """Make the raw tables equal to what the ledger has accepted."""
    return build.sync(home())


@task(pool=WRITER_POOL)
def overlay() -> dict[str, Any]:
    """Cut the layers by township part and zone, where they changed."""
    return build.overlay(home())


@task(pool=WRITER_POOL)
def transform() -> dict[str, Any]:
    """Run dbt: staging, intermediate, marts, their tests."""
    return build.transform(home())


@task(pool=WRITER_POOL, retry_policy=NOT_AGAIN)
def gate() -> dict[str, Any]:
    """Judge the marts beside the last build. A refusal fails the run at once and leaves what is published."""
    return build.gate(home())


@task(pool=WRITER_POOL, outlets=[PUBLISHED])
def publish() -> dict[str, Any]:
    """Write the build's folder and move `current` to it."""
    return build.publish(home())


@task(pool=WRITER_POOL)
def approve() -> dict[str, Any]:
    """Make the current build an edition, as the run's parameters say."""
    asked = get_current_context()["params"]
    return approving.approve(home(), asked["by"], period=asked["period"], because=asked["because"])


def _today() -> date:
    """The day that the run is for: the end of its month when scheduled or backfilled, the day it was asked for
    otherwise.
    """
    context = get_current_context()
    moment = context.get("data_interval_end") or context["dag_run"].run_after
    return moment.astimezone(ZoneInfo(TIMEZONE)).date()


@task(pool=CALENDAR_POOL)
def open_periods() -> dict[str, Any]:
    """Open the periods whose reports begin to fall due."""
    return periods.open_periods(home(), _today())


@task(pool=CALENDAR_POOL)
def remind() -> dict[str, Any]:
    """Name the reports that are overdue."""
    return periods.remind(home(), _today())


@task(pool=CALENDAR_POOL)
def close_periods() -> dict[str, Any]:
    """Close the periods whose time is over."""
    return periods.close_periods(home(), _today())


@task
def write_digest() -> dict[str, Any]:
    """Write the day's digest of what is overdue."""
    return digest.write_digest(home(), _today())


@task
def mail_digest(made: dict[str, Any]) -> list[str]:
    """Send the digest, once a day, to whom the mail connection names. Skipped when nothing is overdue or no connection
    is configured.
    """
    from airflow.providers.smtp.hooks.smtp import SmtpHook
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    day = date.fromisoformat(made["day"])
    if not made["overdue"]:
        raise AirflowSkipException("没有逾期的报表 (nothing is overdue)")
    if digest.mailed_to(home(), day):
        raise AirflowSkipException("今天已发过 (mailed today already)")
    try:
        named = BaseHook.get_connection(MAIL).extra_dejson.get("to", [])
    except AirflowNotFoundException:
        raise AirflowSkipException(f"没有配置邮件连接 {MAIL}，只写文件 (no mail connection: file only)") from None
    to = [named] if isinstance(named, str) else list(named)
    if not to:
        raise AirflowSkipException(f"邮件连接 {MAIL} 的 extra 没有收件人 to (no recipients)")
    subject, content = digest.letter(made)
    with SmtpHook(MAIL) as mail:
        mail.send_email_smtp(to=to, subject=subject, html_content=content)
    digest.note_mailed(home(), day, to)
    return to
