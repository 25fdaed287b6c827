"""The monthly cycle: reporting periods are opened, reminded of, and closed once every expected report is there.
Airflow's monthly tasks call it, and `warehouse periods` for what a person opens or closes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts import Contract, contract, contracts
from contracts.calendar import DISTRICT_TIME
from pipeline.calendar.due_dates import MONTHS, due_on, is_period, last_expected
from pipeline.calendar.expected_reports import ExpectedReport, expected_reports
from warehouse.home import Home
from warehouse.ledger import Event, Ledger, Period


def _periodic() -> Iterator[Contract]:
    return (item for item in contracts().values() if item.cadence.every in MONTHS)


def open_periods(home: Home, at: date) -> dict[str, Any]:
    """Open the period whose reports are expected now, for every dataset with a cadence; again, nothing changes. Returns
    {"opened": [dataset period]}.
    """
    opened = []
    with Ledger.open(home.ensure()) as ledger:
        known = {(item.dataset, item.period) for item in ledger.periods()}
        for item in _periodic():
            period = last_expected(item, at)
            if (item.dataset, period) not in known:
                ledger.open_period(item.dataset, period, due_on(item, period))
                opened.append(f"{item.dataset} {period}")
    return {"opened": opened}


def remind(home: Home, at: date) -> dict[str, Any]:
    """Note the open periods that are overdue and not whole. Returns {"overdue": [dataset period]}."""
    with Ledger.open(home.ensure()) as ledger:
        overdue, _ = _past_due(home, ledger, at)
        for item in overdue:
            ledger.remind_period(item.dataset, item.period)
    return {"overdue": [f"{item.dataset} {item.period}" for item in overdue]}


def close_periods(home: Home, at: date) -> dict[str, Any]:
    """Close the open periods that are past their due day and whole: every expected report was accepted.

    One that still lacks something stays open, so that a first report, however late, is never refused. So does one that
    was due before there was this ledger, when Airflow catches up months at its first start: nobody watched it, so a
    person closes it, or an approval. Returns {"closed": [dataset period]}.
    """
    with Ledger.open(home.ensure()) as ledger:
        began_at = ledger.began_at()
        began_on = at if began_at is None else began_at.astimezone(DISTRICT_TIME).date()
        _, whole = _past_due(home, ledger, at)
        whole = [item for item in whole if item.due_on and item.due_on >= began_on]
        for item in whole:
            ledger.close_period(item.dataset, item.period, detail={"by": "monthly_cycle"})
    return {"closed": [f"{item.dataset} {item.period}" for item in whole]}


def _past_due(home: Home, ledger: Ledger, at: date) -> tuple[list[Period], list[Period]]:
    """Open periods that are past their due day: those that lack a report, and those that are whole."""
    lacking = {(item.dataset, item.period) for item in expected_reports(home, ledger.snapshot(), at) if not item.is_met}
    due = [item for item in ledger.periods(is_open=True) if item.due_on and item.due_on < at]
    whole = [item for item in due if (item.dataset, item.period) not in lacking]
    return [item for item in due if item not in whole], whole


@dataclass(frozen=True)
class PeriodStatus:
    """A period with what is missing of it, and the last event that opened or closed it; None for one of before events
    were kept.
    """

    period: Period
    missing: tuple[ExpectedReport, ...]
    last: Event | None

    @property
    def decided_by(self) -> str:
        """Who opened or closed it last."""
        return "" if self.last is None else str(self.last.detail.get("decided_by") or self.last.actor)

    @property
    def because(self) -> str:
        """Why: a reason, an edition, the monthly cycle."""
        detail = {} if self.last is None else self.last.detail
        return str(detail.get("because") or detail.get("edition") or detail.get("by") or "")


def statuses(home: Home, at: date) -> list[PeriodStatus]:
    """Every period that was ever opened, by dataset and period. at: the day by which reports are expected."""
    with Ledger.open(home.ensure()) as ledger:
        missing: dict[tuple[str, str], list[ExpectedReport]] = defaultdict(list)
        for item in expected_reports(home, ledger.snapshot(), at):
            if not item.is_met:
                missing[item.dataset, item.period].append(item)
        last = {
            (event.dataset, event.period): event
            for event in ledger.events(actions=["period_opened", "period_closed", "period_reopened"])
        }
        return [
            PeriodStatus(one, tuple(missing[one.dataset, one.period]), last.get((one.dataset, one.period)))
            for one in ledger.periods()
        ]


def open_again(
    home: Home, dataset: str, period: str, *, because: str, decided_by: str | None = None, dry_run: bool = False
) -> Period | None:
    """Open a period by a person's decision, also a closed one: then corrections are accepted without a confirmation.

    Gives it as it is then; with dry_run as it is now, None for one that was never opened, and nothing changes.
    Raises ValueError without a reason or for no period of the dataset, contracts.UnknownDataset.
    """
    rules = _decidable(dataset, period, because)
    with Ledger.open(home.ensure()) as ledger:
        if dry_run:
            return _known(ledger, dataset, period)
        ledger.open_period(dataset, period, due_on(rules, period))
        return ledger.reopen_period(dataset, period, because=because, decided_by=decided_by or ledger.actor)


def close(
    home: Home, dataset: str, period: str, *, because: str, decided_by: str | None = None, dry_run: bool = False
) -> Period | None:
    """Close a period by a person's decision, whatever it lacks: what comes for it is held until confirmed.

    Gives and raises as `open_again`.
    """
    rules = _decidable(dataset, period, because)
    with Ledger.open(home.ensure()) as ledger:
        if dry_run:
            return _known(ledger, dataset, period)
        ledger.open_period(dataset, period, due_on(rules, period))
        detail = {"because": because, "decided_by": decided_by or ledger.actor}
        return ledger.close_period(dataset, period, detail=detail)


def _known(ledger: Ledger, dataset: str, period: str) -> Period | None:
    return next((one for one in ledger.periods() if (one.dataset, one.period) == (dataset, period)), None)


def _decidable(dataset: str, period: str, because: str) -> Contract:
    if not because.strip():
        raise ValueError("请说明理由 (a reason is needed)")
    rules = contract(dataset)
    if rules.cadence.every not in MONTHS or not is_period(rules.cadence.every, period):
        raise ValueError(f"{rules.title.zh} {dataset} 没有期次 {period} (no such period of this dataset)")
    return rules
