"""The state of a warehouse in one object, for `warehouse status --json`: what lies where, what is due, what was missed, and
whether it is well. Nothing is changed, and nothing of Airflow is needed: it is asked from outside, when Airflow may be dead.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import Any, Literal

from ingestion.inbox_limits import LEAST_FREE_BYTES, MEGABYTE
from pipeline.failures import failure_of, unforeseen
from pipeline.intake.inbox import not_taken
from pipeline.intake.restage import is_missing
from pipeline.watch.promises import BuildDue, Missed, build_due, missed
from warehouse import builds, pins
from warehouse.build_lease import BUILD, EXPIRES_AFTER
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.settings import Health, InvalidSettings, read_settings

Level = Literal["warning", "failing"]
LISTED = 50  # of what is late, not taken or waiting: what a monitor shows; the counts are of all


@dataclass(frozen=True)
class Reason:
    """Why a warehouse is not well. code: for programs (docs/public-names.md)."""

    level: Level
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """The public form."""
        return {"level": self.level, "code": self.code, "message": self.message}


@dataclass
class State:
    """What was found. content: the public object but for `health` and `reasons`, which follow from `reasons`."""

    content: dict[str, Any]
    reasons: list[Reason] = field(default_factory=list)

    def add(self, level: Level, code: str, message: str) -> None:
        """One more reason."""
        self.reasons.append(Reason(level, code, message))

    def as_dict(self) -> dict[str, Any]:
        """The public form: health is the worst of the reasons."""
        levels = {one.level for one in self.reasons}
        health = "failing" if "failing" in levels else "warning" if levels else "ok"
        return {"health": health, "reasons": [one.as_dict() for one in self.reasons], **self.content}


def state_of(home: Home, now: datetime | None = None) -> State:
    """The state of a home at a moment. What cannot be read is a reason of its own, never raised."""
    now = now or datetime.now(UTC)
    state = State({"home": str(home.root), "at": now.isoformat(timespec="seconds")})
    try:
        settings = read_settings(home).health
    except InvalidSettings as error:
        state.add("failing", "settings", str(error))
        return state
    _disk(home, settings, state)
    _current(home, state)
    if home.ledger_server is None and not home.ledger_file.is_file():
        state.add(
            "failing",
            "no_ledger",
            f"没有台账：{home.root} 不是仓库，或台账丢失；请检查 --home 与 WAREHOUSE_HOME，或 warehouse restore "
            "(no ledger here: not a warehouse home, or it was lost; check these, or restore a backup)",
        )
        return state
    try:
        with Ledger.open(home) as ledger:
            _of_ledger(home, ledger, settings, now, state)
    except Exception as error:
        failure = failure_of(error, home)
        happened = f"{failure.happened_zh}；{failure.remedy_zh} ({failure.happened_en})" if failure else str(error)
        state.add("failing", "ledger" if failure is None or failure != unforeseen(error) else "program", happened)
    return state


def _of_ledger(home: Home, ledger: Ledger, settings: Health, now: datetime, state: State) -> None:
    submissions = ledger.submissions()
    due = build_due(home, ledger, now)
    late = missed(home, ledger, submissions, due, now)
    state.content |= {
        "submissions": dict(Counter(one.state for one in submissions)),
        "waiting": _waiting(ledger, submissions),
        "inbox": _inbox(home, late),
        "build": _build(home, ledger, due, now, state),
        "notices": _notices(ledger, settings, now, state),
        "overdue_promises": [one.as_dict(now) for one in late[:LISTED]],
        "overdue_promises_count": len(late),
    }
    _originals(home, ledger, submissions, state)
    for kind, group in Counter(one.kind for one in late).items():
        first = next(one for one in late if one.kind == kind)
        more = f" 等 {group} 件 (and {group - 1} more)" if group > 1 else ""
        state.add("failing", kind, f"{first.subject}{more}。{first.body}")


def _originals(home: Home, ledger: Ledger, submissions: Sequence[Submission], state: State) -> None:
    """Submissions in force of which the archived original and the staged file are both gone: nothing can be built."""
    in_force = {one.submission_id for one in ledger.current_units()}
    gone = [
        f"{one.submission_id} {one.file_name}"
        for one in submissions
        if one.submission_id in in_force and is_missing(home, one) and not home.absolute(one.archived_as).is_dir()
    ]
    if gone:
        state.add(
            "failing",
            "originals_gone",
            f"{len(gone)} 份现行报送的存档原件与暂存文件都不在了，不能构建：{'、'.join(gone[:LISTED])}。warehouse restore 备份 --into "
            f"{quote(str(home.root))} --file archive/…（warehouse verify 列出路径），或请报送人把同一文件再报一次，或 warehouse withdraw "
            "(original and staged file are both gone, nothing can be built: restore the originals, have the same files "
            "sent again, or withdraw the submissions; warehouse verify lists the paths)",
        )


def _waiting(ledger: Ledger, submissions: Sequence[Submission]) -> dict[str, Any]:
    """What is still to be read or decided, and what waits for other data, by what it waits for."""
    waiting = [one for one in submissions if one.state == "waiting"]
    needs = Counter(
        need
        for one in waiting
        for need in {name for record in ledger.reporting_units(one.submission_id) for name in record.waits_for}
    )
    to_do = [one for one in submissions if one.state in ("received", "staged")]
    return {
        "to_read_or_decide": len(to_do),
        "oldest_received_at": to_do[0].received_at.isoformat(timespec="seconds") if to_do else None,
        "waiting_for_data": len(waiting),
        "waits_for": dict(needs),
        "submissions": [one.submission_id for one in (*to_do, *waiting)[:LISTED]],
    }


def _inbox(home: Home, late: Sequence[Missed]) -> dict[str, Any]:
    ignored = not_taken(home)
    return {
        "not_taken": [one.as_dict() for one in ignored[:LISTED]],
        "not_taken_count": len(ignored),
        "late": [one.what for one in late if one.kind == "late_inbox"][:LISTED],
    }


def _build(home: Home, ledger: Ledger, due: BuildDue, now: datetime, state: State) -> dict[str, Any]:
    made, current = builds.manifest(home), ledger.current_publication()
    held, lease, verdict = pins.pinned(ledger), ledger.lease(BUILD), ledger.verdict()
    published_at = current.published_at if current else None
    if verdict is not None and not verdict.passed and (published_at is None or verdict.judged_at > published_at):
        checks = "、".join(dict.fromkeys(one["name"] for one in verdict.failures))
        state.add(
            "warning",
            "gate_refused",
            f"构建 {verdict.build_id} 未通过发布审核（{checks}），已发布的仍是上一版；改正数据后再发布，或 warehouse override-gate "
            f"{verdict.build_id} --dry-run (the gate refused it, the build before stays: correct the data, or look at that "
            "command)",
        )
    if lease is not None and lease.heartbeat_at + EXPIRES_AFTER < now:
        state.add(
            "warning",
            "build_silent",
            f"{lease.holder} 的构建自 {lease.heartbeat_at.isoformat(timespec='seconds')} 起没有动静；下一次构建会接替它："
            "warehouse publish (this build is silent since then: the next one takes over)",
        )
    return {
        "current": made["build_id"] if made else None,
        "published_at": published_at.isoformat(timespec="seconds") if published_at else None,
        "age_seconds": round((now - published_at).total_seconds()) if published_at else None,
        "as_of_date": made.get("as_of_date") if made else None,
        "pinned_by": held.pinned_by if held else None,
        "pinned_because": held.pinned_because if held else None,
        "is_due": bool(due.because),
        "due_because": list(due.because),
        "due_since": due.since.isoformat(timespec="seconds") if due.since else None,
        "publish_by": due.publish_by.isoformat(timespec="seconds") if due.publish_by else None,
        "lease": lease
        and {
            "holder": lease.holder,
            "run": lease.run,
            "acquired_at": lease.acquired_at.isoformat(timespec="seconds"),
            "heartbeat_at": lease.heartbeat_at.isoformat(timespec="seconds"),
        },
        "last_verdict": verdict
        and {
            "build": verdict.build_id,
            "judged_at": verdict.judged_at.isoformat(timespec="seconds"),
            "passed": verdict.passed,
            "failed_checks": list(dict.fromkeys(one["name"] for one in verdict.failures)),
        },
    }


def _notices(ledger: Ledger, settings: Health, now: datetime, state: State) -> dict[str, Any]:
    unsent = ledger.notices(is_sent=False)
    recent = [one for one in unsent if one.at > now - timedelta(hours=settings.notice_hours)]
    if recent:
        last = recent[-1]
        state.add(
            "warning",
            "unsent_notices",
            f"最近 {settings.notice_hours} 小时有 {len(recent)} 条通知没有邮寄，最后一条：{last.subject}；全部在 logs/notices.log "
            "(notices of these hours were not mailed; all are in that file)",
        )
    return {
        "unsent": len(unsent),
        "unsent_recent": len(recent),
        "latest_unsent": [
            {"id": one.notice_id, "at": one.at.isoformat(timespec="seconds"), "kind": one.kind, "subject": one.subject}
            for one in unsent[-LISTED:]
        ],
    }


def _disk(home: Home, settings: Health, state: State) -> None:
    try:
        free = shutil.disk_usage(home.root).free
    except OSError as error:
        state.add("failing", "home", f"{home.root}：{error.strerror} (the home cannot be reached)")
        return
    state.content["disk"] = {
        "free_bytes": free,
        "least_free_bytes": LEAST_FREE_BYTES,
        "warn_below_bytes": settings.free_megabytes * MEGABYTE,
    }
    left = f"{home.root} 所在磁盘只剩 {free / MEGABYTE:,.0f} MB"
    if free < LEAST_FREE_BYTES:
        state.add("failing", "disk", f"{left}，不再收件；请腾出空间 (nothing is received any more: make room)")
    elif free < settings.free_megabytes * MEGABYTE:
        state.add("warning", "disk", f"{left}；请腾出空间 (little is left: make room)")


def _current(home: Home, state: State) -> None:
    if (home.current.is_symlink() or home.current.exists()) and builds.manifest(home) is None:
        state.add(
            "failing",
            "current_broken",
            f"当前版本 {home.current} 已损坏或不在了；重新发布：warehouse publish --force，或 warehouse rollback 构建 "
            "(the current build is damaged or gone: publish anew, or roll back to one that is there)",
        )
