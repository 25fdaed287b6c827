"""Which reporting periods an approval closes: those that the monthly cycle would, by what the build itself has of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from contracts import contracts
from pipeline.calendar.due_dates import MONTHS, is_period
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE

DatasetPeriod = tuple[str, str]


@dataclass(frozen=True)
class Closing:
    """whole: open periods (dataset, period) past their due day of which the build has every expected report;
    incomplete: those of which it has some, with the names of who has not reported; closed: likewise, but closed already.
    """

    whole: list[DatasetPeriod] = field(default_factory=list)
    incomplete: dict[DatasetPeriod, list[str]] = field(default_factory=dict)
    closed: dict[DatasetPeriod, list[str]] = field(default_factory=dict)


def closing_of(ledger: Ledger, folder: Path, period: str, at: date) -> Closing:
    """The periods that end with an edition's period, or before, and are past their due day on a day (at). folder: of
    the build.
    """
    import duckdb

    from pipeline.build.former_names import attach

    with duckdb.connect() as con:
        attach(con, "build", folder / DATABASE)
        rows = con.execute(
            "select dataset, period, unit_name, is_met, submission_id is not null from build.mart_submission_status "
            "where due_on < ? order by all",
            [at],
        ).fetchall()
    closed = {(one.dataset, one.period) for one in ledger.periods(is_open=False)}
    missing: dict[DatasetPeriod, list[str]] = defaultdict(list)
    reported: set[DatasetPeriod] = set()
    for dataset, one, name, is_met, is_reported in rows:
        if is_reported:
            reported.add((dataset, one))
        if not is_met:
            missing[dataset, one].append(name)
    ended = {key for key in reported | closed if _is_of(*key) and _last_month(key[1]) <= _last_month(period)}
    lacking = {key: missing[key] for key in sorted(ended & set(missing))}
    return Closing(
        sorted(ended - closed - set(missing)),
        {key: names for key, names in lacking.items() if key not in closed},
        {key: names for key, names in lacking.items() if key in closed},
    )


def _is_of(dataset: str, period: str) -> bool:
    """Whether it is a period of a dataset that there is still."""
    rules = contracts().get(dataset)
    return rules is not None and rules.cadence.every in MONTHS and is_period(rules.cadence.every, period)


def _last_month(period: str) -> str:
    """2025 → 2025-12, 2025Q3 → 2025-09, 2025-07 as it is."""
    if "Q" in period:
        return f"{period[:4]}-{int(period[5]) * 3:02d}"
    return period if "-" in period else f"{period}-12"
