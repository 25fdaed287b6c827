"""Promises that are missed now: a file lies in the inbox, a submission has no receipt, a build that is due is not
published. Computed from the ledger and the inbox alone, so that it is seen when nothing runs any more.

`pipeline.watch.report` shows them, the task `enter_missed` makes notices of them.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from contracts.calendar import DISTRICT_TIME
from ingestion.inbox import Incoming, scan
from ingestion.inbox_claims import CLAIMED
from ingestion.inbox_limits import SETTLE_SECONDS
from pipeline.build.due import due_since, why_due
from pipeline.intake.known_arrivals import KnownArrivals
from warehouse import notices, pins
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.settings import InvalidSettings, Promises, read_settings

Kind = Literal["late_inbox", "late_receipt", "late_build"]
WITHOUT_RECEIPT = ("withdrawn",)  # states in which none is due any more


@dataclass(frozen=True)
class Missed:
    """A promise that is missed. key: names it for good; what: the file, submission or build; due_at: when it was to be
    kept; subject, body: Chinese and English, with what to do.
    """

    kind: Kind
    key: str
    what: str
    due_at: datetime
    subject: str
    body: str

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """The public form."""
        return {
            "promise": self.kind,
            "what": self.what,
            "due_at": self.due_at.isoformat(timespec="seconds"),
            "seconds_late": round((now - self.due_at).total_seconds()),
            "message": self.subject,
        }


@dataclass(frozen=True)
class BuildDue:
    """Whether a build is due: why, since when, and when at the latest it is to be published; because is empty when none
    is due or a rollback holds the current build.
    """

    because: tuple[str, ...] = ()
    since: datetime | None = None
    publish_by: datetime | None = None


def promised(home: Home) -> Promises:
    """What is promised; the defaults while settings.toml is invalid, which whatever else reads it reports."""
    try:
        return read_settings(home).promises
    except InvalidSettings:
        return Promises()


def build_due(home: Home, ledger: Ledger, now: datetime) -> BuildDue:
    """The state of the home's build. Raises settings.InvalidSettings."""
    reasons = [] if pins.pinned(ledger) else why_due(home, ledger)
    since = due_since(home, ledger, reasons, now)
    promised = timedelta(seconds=read_settings(home).promises.publish_seconds)
    return BuildDue(tuple(reasons), since, since + promised if since else None)


def missed(home: Home, ledger: Ledger, submissions: Sequence[Submission], due: BuildDue, now: datetime) -> list[Missed]:
    """Every promise that is missed at a moment. Raises settings.InvalidSettings."""
    promised = timedelta(seconds=read_settings(home).promises.receipt_seconds)
    found = [
        *_in_inbox(home, ledger, promised, now),
        *_in_claims(home, promised, now),
        *_without_receipt(submissions, promised, now),
        *_with_an_old_receipt(ledger, submissions, promised, now),
    ]
    if due.since and due.publish_by and due.publish_by < now:
        found.append(_late_build(due.because, due.since, due.publish_by, ledger))
    return found


def enter_missed(home: Home) -> list[str]:
    """Make a notice of each promise that is missed now, once; gives what each is about.

    A build that the gate refused since it became due has a notice of its own. Raises settings.InvalidSettings.
    """
    now = datetime.now(UTC)
    with Ledger.open(home.ensure()) as ledger:
        due = build_due(home, ledger, now)
        verdict = ledger.verdict()
        refused = verdict is not None and not verdict.passed and due.since is not None and verdict.judged_at > due.since
        late = [
            one
            for one in missed(home, ledger, ledger.submissions(), due, now)
            if not (one.kind == "late_build" and refused)
        ]
        new = [
            one.what
            for one in late
            if notices.notify(home, ledger, one.kind, one.key, one.subject, one.body, {"what": one.what})
        ]
        notices.write_file(home, ledger)  # also what a crash kept from being written
    return new


def _in_inbox(home: Home, ledger: Ledger, promised: timedelta, now: datetime) -> list[Missed]:
    patience = promised.total_seconds() + SETTLE_SECONDS
    lying = scan(home.inbox, patience, now.timestamp())
    if not lying:
        return []
    known = KnownArrivals(ledger)
    return [_lies(home, one, patience) for one in lying if known.get(one.arrival_key) is None]


def _lies(home: Home, incoming: Incoming, patience: float) -> Missed:
    changed = max(status.st_ctime for status in incoming.statuses)
    path = os.fsencode(incoming.members[0].relative_to(home.inbox)).decode(errors="replace")
    return _not_taken(path, f"late_inbox {incoming.arrival_key}", changed, patience)


def _in_claims(home: Home, promised: timedelta, now: datetime) -> list[Missed]:
    """What a run took out of the inbox and did not enter. Its folder keeps the moment at which it was claimed."""
    patience = promised.total_seconds() + SETTLE_SECONDS
    try:
        folders = sorted((home.inbox / CLAIMED).iterdir())
        claimed = [(folder.name, folder.stat().st_mtime) for folder in folders]
    except OSError:  # none, or one that just went, or not for this user to see
        return []
    return [
        _not_taken(f"{CLAIMED}/{name}", f"late_inbox {name}", moment, patience)
        for name, moment in claimed
        if moment + patience < now.timestamp()
    ]


def _not_taken(path: str, key: str, changed: float, patience: float) -> Missed:
    return Missed(
        "late_inbox",
        key,
        path,
        datetime.fromtimestamp(changed + patience, UTC),
        f"{path} 还在收件箱里 (still lies in the inbox)",
        f"收件箱中的 {path} 自 {_clock(datetime.fromtimestamp(changed, UTC))} 起没有变化，至今没有收取。请查看 warehouse status "
        "--json 的 airflow 一项；没有运行则 warehouse up，或立即收取：warehouse load (it has not changed since then and was "
        "not taken: see `airflow` of warehouse status --json; start it with warehouse up, or take the file at once with "
        "warehouse load)",
    )


def _without_receipt(submissions: Sequence[Submission], promised: timedelta, now: datetime) -> list[Missed]:
    return [
        Missed(
            "late_receipt",
            f"late_receipt {one.submission_id}",
            one.submission_id,
            one.received_at + promised,
            f"{one.file_name} 收到后还没有回执 (received, and has no receipt yet)",
            f"{one.submission_id}（{one.file_name}）于 {_clock(one.received_at)} 收到，状态 {one.state}，至今没有回执。请在 "
            f"Airflow 查看 ingest_{one.family}，看 logs/intake-failures.log；立即处理：warehouse load (it was received then and "
            "has no receipt: look at that DAG and that log; to go on at once: warehouse load)",
        )
        for one in submissions
        if one.receipt_as is None and one.state not in WITHOUT_RECEIPT and one.received_at + promised < now
    ]


def _with_an_old_receipt(
    ledger: Ledger, submissions: Sequence[Submission], promised: timedelta, now: datetime
) -> list[Missed]:
    """Submissions of which the receipt that is there does not show what became of them since."""
    due = ledger.receipts_due()
    return [
        Missed(
            "late_receipt",
            f"late_receipt {one.submission_id} {since.isoformat()}",
            one.submission_id,
            since + promised,
            f"{one.file_name} 的回执还没有更新 (its receipt does not show yet what became of it)",
            f"{one.submission_id}（{one.file_name}）于 {_clock(since)} 又有变化，状态 {one.state}，回执仍是以前的。请在 Airflow 查看 "
            f"ingest_{one.family}，看 logs/intake-failures.log；立即处理：warehouse load (something happened to it then, and its "
            "receipt is the former one: look at that DAG and that log; to go on at once: warehouse load)",
        )
        for one in submissions
        if one.receipt_as is not None and (since := due.get(one.submission_id)) and since + promised < now
    ]


def _late_build(because: Sequence[str], since: datetime, publish_by: datetime, ledger: Ledger) -> Missed:
    why = "、".join(because)
    lease = ledger.lease("build")
    who_zh = f"正在构建：{lease.holder}，自 {_clock(lease.acquired_at)}。" if lease else "没有构建在进行。"
    return Missed(
        "late_build",
        f"late_build {since.isoformat()}",
        why,
        publish_by,
        "应当发布的构建还没有发布 (a build that is due is not published)",
        f"自 {_clock(since)} 起应当构建（{why}），至今没有发布。{who_zh}请在 Airflow 查看 build_marts；立即构建：warehouse publish "
        "(a build is due since then and is not published: look at the DAG build_marts; to build at once: warehouse publish)",
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S}"
