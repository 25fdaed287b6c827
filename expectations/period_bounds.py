"""Whether a submission's periods can be reported at all: within the plan's years, and begun when the submission arrived. Called
by `pipeline.intake.check`, which knows the arrival.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import pyarrow as pa

from contracts import Contract, Finding, finding
from contracts.calendar import period_of_date
from contracts.names import period_name
from contracts.reference import plan_first_year
from expectations.addresses import Address, Addresses, Reported

OUT_OF_BOUNDS = "normalize.period_out_of_bounds"


def periods_out_of_bounds(
    table: pa.Table, contract: Contract, arrived: date, already: Iterable[Finding]
) -> list[Finding]:
    """A finding on each reporting unit whose period lies before the plan's first year or begins after the arrival; a single
    one on the whole file where all its rows are of one such period.

    table: contracts.submission_table; arrived: the district's date of arrival. already: what was found before; where an
    error stands at the same place, there is none.
    """
    first, last = plan_first_year(), period_of_date(arrived, contract.period.grain)
    named = table.column("period").to_pylist()
    outside = {
        period for period in set(named) if period is not None and (period[: len(first)] < first or period > last)
    }
    if not outside:
        return []
    reported, expected = Reported(already), f"{period_name(first)}–{period_name(last)}"
    is_whole = len(set(named)) == 1
    return [
        finding(
            OUT_OF_BOUNDS,
            **address.as_keywords() | ({"reporting_unit": None} if is_whole else {}),
            found=period_name(address.period),
            expected=expected,
        )
        for address in _first_of_each(table, contract, outside, is_whole)
        if not reported.at(address)
    ]


def _first_of_each(table: pa.Table, contract: Contract, outside: set[str], is_whole: bool) -> Iterator[Address]:
    """Where the period of the first row of each reporting unit stands, of those whose period is outside."""
    addresses, seen = Addresses(table), set()
    field = contract.period.from_date or contract.period.from_field or "period"
    columns = (table.column(name).to_pylist() for name in ("row_id", "reporting_unit", "period"))
    for row_id, reporting_unit, period in zip(*columns, strict=True):
        one = None if is_whole else (reporting_unit, period)
        if period in outside and one not in seen:
            seen.add(one)
            yield addresses.at(row_id, field)
