"""Approval: a build becomes an edition, and the reporting periods that it has whole close; and its undoing. `warehouse
approve` and `warehouse revoke` call it, and the DAGs publish_edition and ask_approval.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from contracts.calendar import today
from contracts.reference import lookup
from contracts.text import value_text
from pipeline.calendar.due_dates import MONTHS, is_period
from pipeline.release.approval_record import (
    begin_approval,
    begin_revocation,
    finish_interrupted,
    record_approval,
    record_revocation,
    reopens,
)
from pipeline.release.closing import Closing, closing_of
from warehouse import editions
from warehouse.editions import UnknownBuild
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.locks import publisher
from warehouse.marts import DATABASE
from warehouse.publication import recover

HEADLINES = ("indicator", "mart_target_progress")
"""Figures that a preview lists: those that the plan's targets are judged by. Of others it says how many differ."""


@dataclass(frozen=True)
class Preview:
    """What an approval would sign and close. edition: the name that it would get; is_new: False where the build is that
    edition already; against: the last edition that stands; differing: rows of pipeline.build.revisions.COLUMNS, headline
    figures that differ from it; others: how many other figures differ, by kind; changes: how many differ or are new.
    """

    build_id: str
    edition: str
    is_new: bool
    closing: Closing
    against: str | None
    differing: list[dict[str, Any]] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    changes: int = 0


def check_reason(because: str | None) -> None:
    """Raises ValueError for a decision without a reason."""
    if not (because or "").strip():
        raise ValueError("请写明理由 (a reason is required): --because")


def build_folder(home: Home, ledger: Ledger, build: str) -> Path:
    """The folder of a published build, by any name of editions.build_of; `current` is resolved once, so that what is signed
    is what was meant.

    Raises UnknownBuild.
    """
    folder = editions.folder_of(home, editions.build_of(home, build))
    states = {one.build_id: one.state for one in ledger.publications()}
    state = states.get(folder.name)
    if state not in ("current", "superseded"):
        why = (
            "已回退 (it was rolled back)"
            if state == "rolled_back"
            else "台账没有记下它的发布 (the ledger has no record of it)"
        )
        raise UnknownBuild(f"{folder.name} 不能批准：{why}；请先 warehouse publish")
    return folder


def preview(home: Home, build: str = "current", *, period: str | None = None, at: date | None = None) -> Preview:
    """Tells what approving a build would sign and close, and changes nothing. at: today unless given.

    Raises UnknownBuild, ValueError for no period.
    """
    from pipeline.build.revisions import COLUMNS, revision_rows

    with Ledger.open(home.ensure()) as ledger:
        folder = build_folder(home, ledger, build)
        name = _within_the_plan(folder, period) if period else reached(folder)
        used = _names_used(ledger)
        known = editions.edition_of(home, name, folder.name)
        closing = closing_of(ledger, folder, name, at or today())
    last = editions.last_standing(home, but=known)
    rows = [] if last is None else revision_rows(home.editions / last.edition / DATABASE, folder / DATABASE)
    changes = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return Preview(
        folder.name,
        known.edition if known else editions.next_name(home, name, used),
        known is None,
        closing,
        last.edition if last else None,
        [row for row in changes if row["figure"] in HEADLINES and row["change_kind"] != "new"],
        dict(Counter(str(row["figure"]) for row in changes if row["figure"] not in HEADLINES)),
        len(changes),
    )


def shown_value(row: Mapping[str, Any], side: str) -> str:
    """A figure of `Preview.differing` before or after, as people read it: a number, a text, or a dash."""
    value = row[f"value_{side}"]
    if value is None:
        value = row.get(f"text_{side}")
    return "—" if value is None else value_text(value, "message")


def approve(
    home: Home,
    by: str | None = None,
    *,
    build: str = "current",
    period: str | None = None,
    because: str = "",
    close_incomplete: bool = False,
    at: date | None = None,
    login: str | None = None,
) -> dict[str, Any]:
    """Promote a published build to the next edition of a period, and close the reporting periods that it has whole;
    gives what was approved, closed, and left open.

    build: an id, or `current`, which is resolved once. period: 2025-07, 2025Q3 or 2025; unless given, the month up to
    which its data reach. close_incomplete: close also what still lacks reports, which is recorded. at: today unless
    given. login: who asks for it where that is not the user of this process. A file that comes for a closed period,
    late or corrected, is held until `warehouse accept` lets it in. Again, it changes nothing; and it finishes what a
    crash left.
    Raises UnknownBuild, ValueError.
    """
    with Ledger.open(home.ensure()) as ledger, publisher(home):
        recover(home, ledger)  # what is signed must be what the ledger says is published
        finish_interrupted(home, ledger)
        folder = build_folder(home, ledger, build)
        name = _within_the_plan(folder, period) if period else reached(folder)
        closing = closing_of(ledger, folder, name, at or today())
        chosen = [*closing.whole, *(closing.incomplete if close_incomplete else ())]
        if editions.edition_of(home, name, folder.name) is None:
            begin_approval(ledger, folder.name, name)
        edition, is_new = editions.approve(
            home,
            name,
            folder,
            approved_by=by or ledger.actor,
            because=because,
            closes=[f"{dataset} {one}" for dataset, one in sorted(chosen)],
            login=login or ledger.actor,
            used=_names_used(ledger),
        )
        record_approval(ledger, edition, closing)
    closed = list(edition.closes)
    return {
        "edition": edition.edition,
        "build": edition.build_id,
        "by": edition.approved_by,
        "is_new": is_new,
        "closed": closed,
        "left_open": [f"{dataset} {one}" for dataset, one in closing.incomplete if f"{dataset} {one}" not in closed],
        "path": str(home.editions / edition.edition),
    }


def revoke(
    home: Home, edition: str, *, because: str, by: str | None = None, is_dry_run: bool = False
) -> dict[str, Any]:
    """Revoke an edition: it stays, with its files, and is shown as revoked; the periods that it closed open again, but
    for those that another edition or a person closed too. Again, it changes nothing, and finishes what a crash left.

    is_dry_run: only give what would be revoked and open again.
    Returns {"edition", "by", "at", "because", "is_new", "reopened": [dataset period]}. Raises UnknownBuild, ValueError
    without a reason.
    """
    check_reason(because)
    with Ledger.open(home.ensure()) as ledger, nullcontext() if is_dry_run else publisher(home):
        who = by or ledger.actor
        if is_dry_run:
            known = editions.named(home, edition)
            revoked, is_new = replace(known, revoked_by=who, revoked_because=because), not known.is_revoked
        else:
            begin_revocation(ledger, edition)
            revoked, is_new = editions.revoke(home, edition, revoked_by=who, because=because)
        reopened = reopens(home, ledger, revoked)
        if not is_dry_run:
            record_revocation(ledger, revoked, reopened)
            finish_interrupted(home, ledger)  # of others
    return {
        "edition": edition,
        "by": revoked.revoked_by,
        "at": revoked.revoked_at and revoked.revoked_at.isoformat(),
        "because": revoked.revoked_because,
        "is_new": is_new,
        "reopened": reopened,
    }


def _names_used(ledger: Ledger) -> list[str]:
    """Names of editions that the ledger knows, revoked ones and those whose folders are gone included."""
    return [event.detail["edition"] for event in ledger.events() if "edition" in event.detail]


def _within_the_plan(folder: Path, period: str) -> str:
    """The period as it is. Raises ValueError for what is no period of the plan's calendar, or not reported on yet."""
    if not any(is_period(every, period) for every in MONTHS):
        raise ValueError(
            f"“{period}”不是期次，写作 2025-07（月）、2025Q3（季）或 2025（年），半角数字 "
            "(a period is written 2025-07, 2025Q3 or 2025, in ASCII digits)"
        )
    first, last = lookup("plan_fact", "fact_code", "value")["base_year"], reached(folder)
    if not first <= _first_month(period) <= last:
        raise ValueError(
            f"期次 {period} 不在规划基期 {first} 年与数据所及的 {last} 之间 "
            f"(must not be before the plan's base year {first}, nor begin after {last}, the last month with data)"
        )
    return period


def _first_month(period: str) -> str:
    """2025 → 2025-01, 2025Q3 → 2025-07, 2025-07 as it is."""
    if "Q" in period:
        return f"{period[:4]}-{int(period[5]) * 3 - 2:02d}"
    return period if "-" in period else f"{period}-01"


def reached(folder: Path) -> str:
    """The month of the last day that any indicator of a build covers. Raises ValueError where it has no figure."""
    import duckdb

    with duckdb.connect(str(folder / DATABASE), read_only=True) as con:
        row = con.execute("select strftime(max(data_through), '%Y-%m') from mart_indicator_district").fetchone()
    if row is None or row[0] is None:
        raise ValueError("这次构建没有任何指标数据，无可批准 (the build has no figures: there is nothing to approve)")
    return str(row[0])
