"""Why a build is due, and since when. `pipeline.build.run.is_due` and `pipeline.watch` ask here."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal

from contracts import calendar
from contracts.calendar import DISTRICT_TIME
from pipeline.build.code_version import code_version
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitVersion
from warehouse.ledger.publications import RELEASED
from warehouse.ledger.types import SubmissionState
from warehouse.ledger.versions import READ_AGAIN, fingerprint

Reason = Literal["nothing_published", "new_day", "accepted", "code", "outcomes"]

# Airflow looks every hour at this minute for what calls for a build without having been accepted just now: a held file, a
# waiver, a new day. Ten minutes before the full hour, when the other clocks of the machine strike.
HOURLY_MINUTE = 50
# Moments of change that are gone back over for the one at which the published build was up to date: a day has fewer.
MOST_MOMENTS = 500
UNDECIDED: frozenset[SubmissionState] = frozenset({"received", "staged"})
# What the audit trail says of people's decisions and of originals read again, beside the changes of a submission's state.
DECISIONS = frozenset(
    {"confirmed", "waived", "waiver_ended", "withdrawn_unit", "reinstated", "period_opened", READ_AGAIN}
)


def why_due(home: Home, ledger: Ledger) -> list[Reason]:
    """In what the published build differs from what would be built now: the accepted units, what became of submissions,
    people's decisions, the code, the day (on which depends what is overdue and what is provisional). Nothing: not due,
    and so is a home in which nothing was decided yet.

    outcomes are only looked at where nothing else differs: they are all that became of every submission.
    """
    made = builds.manifest(home)
    if made is None:
        is_decided = any(one.state not in UNDECIDED for one in ledger.submissions())
        return ["nothing_published"] if is_decided else []
    found: list[Reason] = []
    if made.get("as_of_date") != calendar.today().isoformat():
        found.append("new_day")
    if made["inputs_fingerprint"] != ledger.accepted_fingerprint():
        found.append("accepted")
    if made["code_version"] != code_version():
        found.append("code")
    if not found and made.get("outcomes_fingerprint") != ledger.snapshot().outcomes_fingerprint:
        found.append("outcomes")
    return found


def due_since(home: Home, ledger: Ledger, reasons: list[Reason], now: datetime) -> datetime | None:
    """When the build became due that is due for these reasons, the earliest of them; None where nobody waits for it: other
    code, or a home in which nothing was accepted yet. It can lie ahead: what the hourly run looks for is due with it.
    """
    made = builds.manifest(home) or {}
    moments = [_since(reason, made, ledger, now) for reason in reasons]
    since = min((moment for moment in moments if moment is not None), default=None)
    released = ledger.events(actions=[RELEASED])
    # while a rollback held the current build, nobody waited for another one
    return max(since, released[-1].at) if since is not None and released else since


def _since(reason: Reason, made: dict[str, Any], ledger: Ledger, now: datetime) -> datetime | None:
    if reason == "nothing_published":
        return min((one.accepted_at for one in ledger.current_units()), default=None)
    if reason == "accepted":
        return _first_change(ledger.versions(), made["inputs_fingerprint"])
    if reason == "new_day":
        day = now.astimezone(DISTRICT_TIME).date()
        if made.get("as_of_date"):
            day = min(day, date.fromisoformat(made["as_of_date"]) + timedelta(days=1))
        return datetime.combine(day, time(0, HOURLY_MINUTE), DISTRICT_TIME)
    if reason == "outcomes" and (published := ledger.current_publication()):
        since = published.published_at or published.prepared_at
        changed = [
            event.at
            for event in ledger.events()
            if event.at > since and (event.to_state not in (None, "received", "current") or event.action in DECISIONS)
        ]
        return _next_hourly(min(changed, default=since))
    return None


def _first_change(versions: list[UnitVersion], made_of: str) -> datetime | None:
    """The first change of what is accepted that a build with this fingerprint does not have; the newest where its state
    lies too far back.
    """
    moments = sorted({at for one in versions for at in (one.accepted_at, one.ended_at) if at is not None}, reverse=True)
    if not moments:
        return None
    before_all = moments[-1] - timedelta(microseconds=1)
    for later, moment in pairwise([*moments[:MOST_MOMENTS], before_all]):
        in_force = (
            one for one in versions if one.accepted_at <= moment and not (one.ended_at and one.ended_at <= moment)
        )
        if fingerprint(in_force) == made_of:
            return later
    return moments[0]


def _next_hourly(moment: datetime) -> datetime:
    """The next look of the hourly run after a moment."""
    at = moment.replace(minute=HOURLY_MINUTE, second=0, microsecond=0)
    return at if at >= moment else at + timedelta(hours=1)
