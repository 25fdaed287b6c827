"""The tasks that the DAGs are made of: each calls one function of the pipeline and says which assets it changed. They
decide nothing about the data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from airflow.sdk import TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from contracts import DISTRICT_TIME, FAMILIES, Family
from orchestration.assets import (
    ACCEPTANCES,
    ACCEPTED,
    ARRIVALS,
    ARRIVED,
    HELD,
    HOLDINGS,
    NOT_AGAIN,
    PUBLISHED,
    home,
)
from orchestration.inbox_watcher import SHOWN_FILES
from orchestration.settings import CALENDAR_POOL, LEDGER_POOL, WRITER_POOL
from pipeline.build import run as build
from pipeline.calendar import digest, periods
from pipeline.intake import receive as intake
from pipeline.intake.failures import ReadFailed, ReceiveFailed
from pipeline.release import approve as approving
from pipeline.release.approval_record import finish_approvals
from pipeline.watch import promises, task_failures

UNRECEIVED = "unreceived"  # key under which one task tells another what could not be taken


def _retried() -> bool:
    """Whether an earlier try may have done the work and died before its events were written. A DAG that is then
    triggered needlessly finds nothing to do.
    """
    return get_current_context()["ti"].try_number > 1


@task(outlets=[ARRIVALS])
def receive() -> dict[Family, int]:
    """Take the whole files from the inbox; update the asset of each family that got something. Skipped when none did.

    What could not be taken by a failure of ours keeps no other from going on: `name_unreceived` fails the run for it.
    """
    try:
        counts = intake.receive(home())
    except ReceiveFailed as error:
        counts = error.taken
        get_current_context()["ti"].xcom_push(UNRECEIVED, str(error))
    arrived = {family: counts.get(family, 0) for family in FAMILIES if counts.get(family) or _retried()}
    if not arrived:
        raise AirflowSkipException("收件箱没有新文件 (nothing new in the inbox)")
    for family, count in arrived.items():
        get_current_context()["outlet_events"][ARRIVALS].add(ARRIVED[family], extra={"submissions": count})
    return arrived


@task(trigger_rule=TriggerRule.ALL_DONE, retries=0)
def name_unreceived() -> None:
    """Fail the run, naming the files that could not be taken by a failure of ours; skipped otherwise. They are tried
    again by the next run.
    """
    failed = get_current_context()["ti"].xcom_pull(task_ids="receive", key=UNRECEIVED)
    if not failed:
        raise AirflowSkipException("收件无故障 (everything was taken)")
    error = AirflowFailException(failed)
    task_failures.mark_notified(error)  # of each file, when it could not be taken
    raise error


@task
def queue(family: Family) -> list[list[str]]:
    """The family's submissions to read, from the ledger, in batches; without those that rest after failures of ours."""
    return intake.batches(home(), family, rested=True)


@task(map_index_template="{{ files }}")
def read(batch: list[str]) -> list[dict[str, Any]]:
    """Read, normalize and validate one batch; a faulty file is an outcome in the result, not a failure."""
    names = "、".join(intake.file_names(home(), batch))
    get_current_context()["files"] = names  # type: ignore[typeddict-unknown-key]
    try:
        return intake.read_batch(home(), batch)
    except ReadFailed:
        raise  # it names those that failed: the others were read
    except Exception as error:
        raise RuntimeError(f"未能读取 (could not read) {names}: {error}") from error


@task(
    outlets=[ACCEPTANCES, ARRIVALS, HOLDINGS], pool=LEDGER_POOL, trigger_rule=TriggerRule.ALL_DONE, priority_weight=10
)
def decide(family: Family) -> dict[str, Any]:
    """Apply the rules and accept or hold each reporting unit. Updates the asset of what was accepted, and the arrivals
    of the families whose waiting submissions may go on; what was held is an event of its own, with the receipts. Skipped
    when there is nothing of all this.
    """
    decided = intake.decide(home(), family, rested=True)
    events = get_current_context()["outlet_events"]
    accepted = bool(decided["accepted"]) or _retried()
    if accepted:
        extra = {"units": decided["accepted"], "files": decided["files"][:SHOWN_FILES]}
        events[ACCEPTANCES].add(ACCEPTED[family], extra=extra)
    counts = decided["requeued"]
    requeued = {
        other: counts.get(other, 0) for other in FAMILIES if counts.get(other) or (_retried() and other != family)
    }
    for other, count in requeued.items():
        events[ARRIVALS].add(ARRIVED[other], extra={"submissions": count})
    if held := decided["held_files"]:
        extra = {"units": decided["held"], "files": held[:SHOWN_FILES]}
        events[HOLDINGS].add(HELD[family], extra=extra)
    if not accepted and not requeued and not held:
        raise AirflowSkipException(f"本次没有单元入账 (no unit accepted): {decided}")
    return decided


@task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
def name_failed(family: Family) -> None:
    """Fail the run, naming the files that stay unread, when a task before it failed for good; skipped otherwise."""
    left = [submission for batch in intake.batches(home(), family) for submission in batch]
    names = "、".join(intake.file_names(home(), left)) or "无 (none)"
    error = AirflowFailException(f"有任务失败，仍未读取的文件 (a task failed; files still unread): {names}")
    if task_failures.is_run_notified(home(), get_current_context()["dag_run"].run_id, left):
        task_failures.mark_notified(error)
    raise error


@task
def due() -> None:
    """Skip the whole run when what is published was made of the very inputs, day and code that there are now, or when a
    rollback holds it.
    """
    with _skipped_while_pinned():
        build.refuse_pinned(home())
    build.finish_interrupted(home())
    finish_approvals(home())
    if not build.is_due(home()):
        raise AirflowSkipException("已发布的就是最新的 (what is published is up to date)")


# In what a step of the build differs from the others.
STEP_OPTIONS: dict[str, dict[str, Any]] = {
    "gate": {"retry_policy": NOT_AGAIN},
    "publish": {"outlets": [PUBLISHED], "retry_policy": NOT_AGAIN},
}


def build_steps() -> list[Any]:
    """One task for each step of pipeline.build.run, in their order. The gate's refusal fails the run at once and leaves
    what is published.
    """
    return [_build_step(name) for name in build.STEPS]


def _build_step(name: str) -> Any:
    @task(task_id=name, pool=WRITER_POOL, doc_md=getattr(build, name).__doc__, **STEP_OPTIONS.get(name, {}))
    def take() -> dict[str, Any]:
        run_id = get_current_context()["dag_run"].run_id
        with _skipped_while_pinned():
            return build.take_step(home(), name, f"build_marts {run_id}", f"Airflow build_marts {run_id}")

    return take()


@contextmanager
def _skipped_while_pinned() -> Iterator[None]:
    """Skip the task where a rollback holds the current build, or another build began in between: neither is a failure."""
    try:
        yield
    except (build.Pinned, build.BuildReplaced) as error:
        raise AirflowSkipException(str(error)) from error


@task(pool=WRITER_POOL)
def approve() -> dict[str, Any]:
    """Make a named build an edition, as the run's parameters say; its login is the Airflow user who triggered the run."""
    context = get_current_context()
    params = context["params"]
    return approving.approve(
        home(),
        params["by"],
        build=params["build"],
        period=params["period"],
        because=params["because"],
        login=context["dag_run"].triggering_user_name,
    )


def _today() -> date:
    """The day that the run is for: the end of its data interval when scheduled or backfilled, else the day on which it
    was triggered.
    """
    context = get_current_context()
    moment = context.get("data_interval_end") or context["dag_run"].run_after
    return moment.astimezone(DISTRICT_TIME).date()


@task(pool=CALENDAR_POOL)
def open_periods() -> dict[str, Any]:
    """Open the periods whose reports are expected by now."""
    return periods.open_periods(home(), _today())


@task(pool=CALENDAR_POOL)
def remind() -> dict[str, Any]:
    """Return the reports that are overdue."""
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
    """Mail the digest, once a day, to the recipients of the mail connection. Skipped when nothing is overdue or no
    connection is configured.
    """
    from orchestration.mail import NoMail, send

    day = date.fromisoformat(made["day"])
    if not made["overdue"]:
        raise AirflowSkipException("没有逾期的报表 (nothing is overdue)")
    if digest.mailed_to(home(), day):
        raise AirflowSkipException("今天已发过 (mailed today already)")
    try:
        to = send(*digest.letter(made))
    except NoMail as reason:
        raise AirflowSkipException(str(reason)) from None
    digest.note_mailed(home(), day, to)
    return to


@task
def enter_missed() -> list[str]:
    """Make a notice of each promise that is missed now; return what each is about."""
    return promises.enter_missed(home())


@task(trigger_rule=TriggerRule.ALL_DONE)
def mail_notices() -> list[int]:
    """Mail the notices that were not mailed yet, each once; return their numbers. Skipped when there are none, or no
    connection is configured.
    """
    from orchestration.mail import NoMail, send_notices

    try:
        sent = send_notices(home())
    except NoMail as reason:
        raise AirflowSkipException(str(reason)) from None
    if not sent:
        raise AirflowSkipException("没有未邮寄的通知 (no notice waits to be mailed)")
    return sent
