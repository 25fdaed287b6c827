"""The question whether a published build becomes an edition: who is asked, what about, what was answered, and the approval
that follows. orchestration.approval puts it to persons; what counts is the ledger's record, not Airflow's.

One question is open at a time: the last one asked. Every answer is judged here, whoever brings it: the question must be
open, the person one of those in settings.toml, the build the one that was asked about.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pipeline.release import approve as approving
from pipeline.release.approve import Preview
from warehouse import editions
from warehouse.editions import UnknownBuild
from warehouse.home import Home
from warehouse.ledger import Event, Ledger
from warehouse.marts import DATABASE
from warehouse.settings import Approval, read_settings

ASKED, ANSWERED, REFUSED = "approval_asked", "approval_answered", "approval_refused"
"""Actions of the audit trail's events of a question; stored."""
APPROVE, RETURN = "批准", "退回"
OPTIONS = (APPROVE, RETURN)
AUTOMATIC = "自动批准 (automatic)"
"""Who has approved where settings.toml lets every build be approved without a person; stored."""

Reason = Literal["lapsed", "superseded", "outdated_answer", "not_assigned", "no_answer", "not_to_be_approved"]
WORDS: dict[Reason, str] = {
    "lapsed": "期限内没有答复，视为退回 (nobody answered in time: refused)",
    "superseded": "没有答复，已被更新的提问取代 (a newer question took its place before anybody answered)",
    "outdated_answer": "答复的提问已被更新的取代，不起作用，请答复新的 (a newer question has taken its place: answer that one)",
    "not_assigned": "答复的人不在 settings.toml 的 [approval] users 中 (who answered is none of the approvers)",
    "no_answer": "没有人答复，任务被人直接标记完成，视为退回 (marked as done without an answer: refused)",
    "not_to_be_approved": "这次构建已不能批准 (this build cannot be approved any more)",
}


class NotAsked(Exception):
    """Nobody is to be asked; the message says why."""


class AnswerRefused(Exception):
    """A question ends without an approval that anybody meant; the message says why."""


@dataclass(frozen=True)
class Question:
    """name: of the run that asks; build_id: what is asked about, for which period; users: who may answer, until when."""

    name: str
    build_id: str
    period: str
    users: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class Answer:
    """What Airflow says that somebody answered. login: the authenticated user; None where it knows nobody."""

    option: str
    login: str | None
    name: str | None
    comment: str
    at: datetime


def approval_settings(home: Home) -> Approval:
    """What settings.toml says of approval. Raises InvalidSettings."""
    return read_settings(home).approval


def ask(home: Home, name: str, build: str | None = None) -> dict[str, Any]:
    """Enter a question in the ledger, or, where settings.toml says so, approve at once; gives {"build", "edition",
    "asked": the users, or nobody}. Again under the same name, it changes nothing.

    name: of the run that asks. build: one that is to be asked about whatever it changed; unless given, the current one if
    its figures differ from what was approved and from what was asked already.
    Raises NotAsked, InvalidSettings, UnknownBuild, ValueError where there is nothing to approve.
    """
    chosen = approval_settings(home)
    if chosen.way == "by_hand":
        raise NotAsked("settings.toml 没有要求请人批准 (nobody is to be asked): [approval] way = by_hand")
    if known := find(home, name):
        return {"build": known.build_id, "edition": known.period, "asked": list(known.users)}
    found = approving.preview(home, build or "current")
    if not found.is_new:
        raise NotAsked(f"{found.build_id} 已是版次 (is already edition) {found.edition}")
    if build is None and (reason := _nothing_new(home, found)):
        raise NotAsked(reason)
    period = found.edition.rpartition(".")[0]
    if chosen.way == "automatic":
        made = approving.approve(home, AUTOMATIC, build=found.build_id, period=period)
        return {"build": made["build"], "edition": made["edition"], "asked": []}
    until = datetime.now(UTC) + timedelta(minutes=chosen.wait_minutes)
    with Ledger.open(home) as ledger:
        detail = {
            "question": name,
            "build_id": found.build_id,
            "period": period,
            "users": chosen.users,
            "until": until.isoformat(),
        }
        ledger.note(ASKED, detail=detail)
    return {"build": found.build_id, "edition": found.edition, "asked": chosen.users}


def _nothing_new(home: Home, found: Preview) -> str | None:
    """Why a build need not be asked about: its figures are those of the last edition, or of a build that was asked about
    and is open still, or was returned. None where it is to be asked about.
    """
    if found.against and found.against.rpartition(".")[0] == found.edition.rpartition(".")[0] and not found.changes:
        return f"与版次 {found.against} 的数字相同 (has the figures of the last edition)"
    with Ledger.open(home) as ledger:
        last = _last(ledger)
        ended = None if last is None else _outcome(ledger, last)
    if last is None or (ended is None and last.until < datetime.now(UTC)):
        return None
    if (ended is None or ended.action == ANSWERED) and not _differs(home, last.build_id, found.build_id):
        return f"与已经问过的 {last.build_id} 数字相同 (has the figures of a build that was asked about)"
    return None


def _differs(home: Home, before: str, after: str) -> bool:
    """Whether two builds differ in any figure; also where the earlier one is gone."""
    from pipeline.build.revisions import revision_rows

    try:
        folders = [editions.folder_of(home, name) for name in (before, after)]
    except UnknownBuild:
        return True
    return bool(revision_rows(folders[0] / DATABASE, folders[1] / DATABASE))


def find(home: Home, name: str) -> Question | None:
    """The question that a run has asked; None where it asked none."""
    with Ledger.open(home.ensure()) as ledger:
        return next((one for one in _questions(ledger) if one.name == name), None)


def _questions(ledger: Ledger) -> list[Question]:
    return [
        Question(
            event.detail["question"],
            event.detail["build_id"],
            event.detail["period"],
            tuple(event.detail["users"]),
            datetime.fromisoformat(event.detail["until"]),
        )
        for event in ledger.events(actions=[ASKED])
    ]


def _last(ledger: Ledger) -> Question | None:
    return next(reversed(_questions(ledger)), None)


def _outcome(ledger: Ledger, asked: Question) -> Event | None:
    """The event that ended a question: an answer that counts, or a refusal; None while it is open."""
    events = ledger.events(actions=[ANSWERED, REFUSED])
    return next((event for event in reversed(events) if event.detail["question"] == asked.name), None)


def outcome(home: Home, asked: Question) -> str | None:
    """What became of a question: an option of OPTIONS, or a Reason; None while it is open."""
    with Ledger.open(home) as ledger:
        ended = _outcome(ledger, asked)
    return None if ended is None else str(ended.detail.get("option") or ended.detail["reason"])


def remains(home: Home, asked: Question) -> timedelta:
    """How long an open question may still be answered. Raises AnswerRefused, and records it, where it has lapsed or a
    newer one has taken its place.
    """
    left = asked.until - datetime.now(UTC)
    with Ledger.open(home) as ledger:
        if reason := _closed(ledger, asked, datetime.now(UTC)):
            raise _refused(ledger, asked, reason)
    return left


def _closed(ledger: Ledger, asked: Question, at: datetime) -> Reason | None:
    """Why a question without an answer cannot be answered any more at a moment; None where it can."""
    return "superseded" if _last(ledger) != asked else "lapsed" if at > asked.until else None


def answer(home: Home, asked: Question, given: Answer) -> dict[str, Any]:
    """Judge an answer to a question and do what it says: approve that very build, or leave it; gives {"option", "edition"}.
    Again, it finishes what a crash left.

    Raises AnswerRefused, and records it, where the question is closed, the person none of those that settings.toml
    names now and named when it was asked, the answer none of OPTIONS, or the build cannot be approved any more.
    """
    may = {*asked.users} & {*approval_settings(home).users}
    with Ledger.open(home) as ledger:
        ended = _outcome(ledger, asked)
        if ended is None:
            reason = _closed(ledger, asked, given.at)
            if reason == "superseded":
                reason = "outdated_answer"
            if reason is None and given.login not in may:
                reason = "not_assigned"
            if reason is None and given.option not in OPTIONS:
                reason = "no_answer"
            if reason:
                raise _refused(ledger, asked, reason, given)
            ledger.note(ANSWERED, detail={**_of(asked), **_by(given)})
    return conclude(home, asked)


def conclude(home: Home, asked: Question) -> dict[str, Any]:
    """Approve the build of a question whose recorded answer is to approve it; gives {"option", "edition"}. Again, it
    changes nothing. Raises AnswerRefused where the question ended otherwise, or has no answer: recorded as such.
    """
    with Ledger.open(home) as ledger:
        ended = _outcome(ledger, asked)
        if ended is None:
            raise _refused(ledger, asked, "no_answer")
    if ended.action == REFUSED:
        raise AnswerRefused(WORDS[ended.detail["reason"]])
    said = ended.detail
    if said["option"] != APPROVE:
        return {"option": said["option"], "edition": None}
    try:
        made = approving.approve(
            home,
            said["name"] or said["login"],
            build=asked.build_id,
            period=asked.period,
            because=said["comment"],
            login=said["login"],
        )
    except UnknownBuild as error:
        with Ledger.open(home) as ledger:
            raise _refused(ledger, asked, "not_to_be_approved") from error
    return {"option": APPROVE, "edition": made["edition"]}


def _refused(ledger: Ledger, asked: Question, reason: Reason, given: Answer | None = None) -> AnswerRefused:
    """Record that a question ends without an approval; gives the error that says so."""
    answered = {"answer": _by(given)} if given else {}
    ledger.note(REFUSED, detail={**_of(asked), "reason": reason, **answered})
    return AnswerRefused(f"{asked.build_id}：{WORDS[reason]}")


def _of(asked: Question) -> dict[str, str]:
    return {"question": asked.name, "build_id": asked.build_id}


def _by(given: Answer) -> dict[str, str | None]:
    return {"option": given.option, "login": given.login, "name": given.name, "comment": given.comment}
