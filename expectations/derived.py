"""Statements of the relations that are made anew for each submission from its contract; `relations` runs them, and says
what each holds.
"""

from collections.abc import Callable

from contracts import Contract

HISTORY, ACCEPTED_VALUE, PREVIOUS = "history", "accepted_value", "previous"
LAYER_PERIOD, EARLIER = "layer_period", "earlier_feature"
OF_HISTORY = (ACCEPTED_VALUE, PREVIOUS, LAYER_PERIOD, EARLIER)
"""Those that read `history`."""


def _columns(contract: Contract, *system: str) -> str:
    """System columns, the measured area of a layer, and the contract's columns."""
    return ", ".join(f'"{name}"' for name in (*system, *(["area_m2"] if contract.is_layer else []), *contract.columns))


def _history(contract: Contract) -> str:
    return f"select {_columns(contract, 'submission_id', 'row_id', 'reporting_unit', 'period')} from accepted_{contract.dataset}"


def _values(contract: Contract, source: str, keys: str) -> str:
    numeric = [field for field, spec in contract.columns.items() if spec.is_numeric]
    columns = ", ".join(f'"{field}"::double as "{field}"' for field in numeric)
    return f"from (select {keys}, {columns} from {source}) unpivot include nulls (value for field in ({', '.join(numeric)}))"


def _submission_value(contract: Contract) -> str:
    return _values(contract, "submission", "row_id, reporting_unit, period")


def _accepted_value(contract: Contract) -> str:
    return _values(contract, HISTORY, "submission_id, row_id, reporting_unit, period")


def _previous(contract: Contract) -> str:
    columns = _columns(contract, "reporting_unit", "period")
    within = [name for name in contract.key if name in contract.columns and name not in contract.reporting_unit.fields]
    same = " and ".join(f'submission."{name}" = earlier."{name}"' for name in ("reporting_unit", *within))
    return f"""
        select submission.row_id, earlier.* exclude (reporting_unit, is_own)
        from submission
        inner join (
            select {columns}, false as is_own from {HISTORY} union all select {columns}, true as is_own from submission
        ) as earlier on {same} and earlier.period < submission.period
        qualify row_number() over (partition by submission.row_id order by earlier.period desc, is_own desc) = 1
    """


def _place(contract: Contract) -> str:
    township = "township_code" if "township_code" in contract.columns else "unnest(township_codes)"
    return f"select row_id, split_part(project_id, '-', 1) as project_id, {township} as township_code from submission"


def _layer_period(contract: Contract) -> str:
    flags = [name for name, spec in contract.columns.items() if spec.type == "boolean"]
    sums = [
        "coalesce(sum(area_m2), 0) as whole",
        *(f'coalesce(sum(area_m2) filter ("{flag}"), 0) as "{flag}"' for flag in flags),
    ]
    own, earlier = (
        f"from (select period, {row} as row_id, {', '.join(sums)} from {source} group by period) "
        f"unpivot (area_m2 for part in ({', '.join(['whole', *flags])}))"
        for source, row in (("submission", "min(row_id)"), (HISTORY, "null"))
    )
    return f"""
        select now.row_id, now.period, now.part, now.area_m2, earlier.area_m2 as earlier_area_m2
        from ({own}) as now
        left join ({earlier}) as earlier on now.part = earlier.part and now.period > earlier.period
        qualify row_number() over (partition by now.period, now.part order by earlier.period desc nulls last) = 1
    """


def _earlier_feature(contract: Contract) -> str:
    key = next(name for name in contract.key if name in contract.columns)
    first = "select min(row_id) as row_id, min(period) as period from submission"
    return f"""
        select first.row_id, {HISTORY}."{key}" as key,
            {HISTORY}."{key}" in (select "{key}" from submission where "{key}" is not null) as is_kept
        from ({first}) as first
        inner join {HISTORY} on {HISTORY}.period < first.period
        qualify {HISTORY}.period = max({HISTORY}.period) over ()
    """


DERIVED: dict[str, Callable[[Contract], str]] = {
    "submission_value": _submission_value,
    HISTORY: _history,
    ACCEPTED_VALUE: _accepted_value,
    PREVIOUS: _previous,
    "submission_place": _place,
    LAYER_PERIOD: _layer_period,
    EARLIER: _earlier_feature,
}
