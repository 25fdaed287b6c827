"""Approval: the current build becomes an edition, and the reporting periods that it covers close. `warehouse approve`
calls it.
"""

from typing import Any

from contracts import contracts
from contracts.reference import lookup
from pipeline.calendar.due_dates import MONTHS, due_on, is_period
from warehouse import builds, editions
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publication import APPROVED, recover


def approve(home: Home, by: str | None = None, *, period: str | None = None, because: str = "") -> dict[str, Any]:
    """Promote the current build to the next edition of a period, and close the reporting periods that are in it; gives
    what was approved and closed.

    by: the name of who approves, the login unless given; both are recorded.
    period: 2025-07, 2025Q3 or 2025, not before the plan's base year and begun by the last month that its data reach;
    unless given, that month. A file that comes for a closed
    period, late or corrected, is held until `warehouse accept` lets it in. Again, it changes nothing, and finishes what
    a crash left.
    Raises editions.UnknownBuild, ValueError.
    """
    with Ledger.open(home.ensure()) as ledger:
        recover(home, ledger)  # what is signed must be what the ledger says is published
        name = _within_the_plan(home, period) if period else _reached(home)
        closing = _closing(ledger, name)
        edition, is_new = editions.approve(
            home,
            name,
            approved_by=by or ledger.actor,
            because=because,
            closes=[f"{dataset} {one}" for dataset, one in closing],
            login=ledger.actor,
            used=[event.detail["edition"] for event in ledger.events() if "edition" in event.detail],
        )
        for item in edition.closes:
            dataset, one = item.split(" ")
            ledger.open_period(dataset, one, due_on(contracts()[dataset], one))
            ledger.close_period(dataset, one)
        if not any(event.detail["edition"] == edition.edition for event in ledger.events(actions=[APPROVED])):
            ledger.note(APPROVED, detail=approval_detail(edition))
    return {
        "edition": edition.edition,
        "build": edition.build_id,
        "by": edition.approved_by,
        "is_new": is_new,
        "closed": list(edition.closes),
        "path": str(home.editions / edition.edition),
    }


def approval_detail(edition: editions.Edition) -> dict[str, str]:
    """The detail of an approval's event in the audit trail."""
    return {
        "edition": edition.edition,
        "build_id": edition.build_id,
        "approved_by": edition.approved_by,
        "because": edition.because,
        **({"login": edition.login} if edition.login else {}),
    }


def _within_the_plan(home: Home, period: str) -> str:
    """The period as it is. Raises ValueError for what is no period of the plan's calendar, or not reported on yet."""
    if not any(is_period(every, period) for every in MONTHS):
        raise ValueError(
            f"“{period}”不是期次，写作 2025-07（月）、2025Q3（季）或 2025（年），半角数字 "
            "(a period is written 2025-07, 2025Q3 or 2025, in ASCII digits)"
        )
    first, reached = lookup("plan_fact", "fact_code", "value")["base_year"], _reached(home)
    if not first <= _first_month(period) <= reached:
        raise ValueError(
            f"期次 {period} 不在规划基期 {first} 年与数据所及的 {reached} 之间 "
            f"(must not be before the plan's base year {first}, nor begin after {reached}, the last month with data)"
        )
    return period


def _reached(home: Home) -> str:
    """The month of the last day that any indicator of the current build covers."""
    from warehouse.serving import connect

    if builds.current(home) is None:
        raise editions.UnknownBuild("还没有发布的数据 (nothing is published yet)")
    with connect(home) as con:
        row = con.execute("select strftime(max(data_through), '%Y-%m') from mart_indicator_district").fetchone()
    if row is None or row[0] is None:
        raise ValueError("没有任何指标数据，请用 --as 指明期次 (no figures; name the period)")
    return str(row[0])


def _closing(ledger: Ledger, period: str) -> list[tuple[str, str]]:
    """Reporting periods with accepted data that end with the edition's period, or before, and are still open."""
    closed = {(item.dataset, item.period) for item in ledger.periods(is_open=False)}
    found = set()
    for version in ledger.current_units():
        every = contracts()[version.dataset].cadence.every
        if (
            version.period
            and every in MONTHS
            and is_period(every, version.period)
            and _last_month(version.period) <= _last_month(period)
        ):
            found.add((version.dataset, version.period))
    return sorted(found - closed)


def _first_month(period: str) -> str:
    """2025 → 2025-01, 2025Q3 → 2025-07, 2025-07 as it is."""
    if "Q" in period:
        return f"{period[:4]}-{int(period[5]) * 3 - 2:02d}"
    return period if "-" in period else f"{period}-01"


def _last_month(period: str) -> str:
    """2025 → 2025-12, 2025Q3 → 2025-09, 2025-07 as it is."""
    if "Q" in period:
        return f"{period[:4]}-{int(period[5]) * 3:02d}"
    return period if "-" in period else f"{period}-12"
