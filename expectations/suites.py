"""The column-level contract of a submission, as a Great Expectations suite that is derived from the contract at run
time. Reading calls `validate` on a submission table, and gets findings.

Every expectation carries in its `meta` the rule that its failure means (contracts/catalogue.csv) and the field it is
about.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from contracts import Contract, FieldSpec, Finding, catalogue, code_lists, finding
from contracts.aggregation import FindingAggregator
from contracts.calendar import today
from contracts.model import Grain
from contracts.rule_outcomes import ELSEWHERE, FAILED, HIDDEN, RuleOutcomes
from expectations.addresses import Address, Addresses, Reported
from expectations.gx import ExpectationResult, all_passed, as_json, expectation_results, new_suite, run
from expectations.metrics import passed
from expectations.suite_outcomes import put_outcomes

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite

PERIOD_FORMAT: dict[Grain, str] = {
    "day": r"^\d{4}-\d{2}-\d{2}$",
    "month": r"^\d{4}-(?:0[1-9]|1[0-2])$",
    "quarter": r"^\d{4}Q[1-4]$",
    "year": r"^\d{4}$",
}
NUMBERS = ("float64", "int64", "float", "int")
TYPES = {"DOUBLE": NUMBERS, "BIGINT": NUMBERS, "DATE": ("datetime64[ms]",), "BOOLEAN": ("bool",)}
PERIOD, PERIOD_TITLE = "period", "报告期"
LIST_SEPARATOR = ","  # a list of codes is validated as one text

MISSING = "contract.missing_value"
DUPLICATE = "contract.duplicate_key"
WRONG_TYPE = "contract.wrong_type"
UNCHECKED = "contract.unchecked"
INVALID_PERIOD = "normalize.invalid_period"


def validate(
    table: pa.Table,
    contract: Contract,
    already: Iterable[Finding],
    docs: Path | None = None,
    outcomes: RuleOutcomes | None = None,
) -> list[Finding]:
    """Findings of a submission table against its contract.

    table: contracts.submission_table. already: what reading and normalizing found; an error there is not repeated, nor
    is the empty value that it left behind. docs: JSON file to write the result to, for the data docs of the run: that of the
    suite's metrics where all is well, else that of the suite. outcomes: takes the outcome of every expectation for each
    reporting unit.
    An expectation that gives no result is an error of the whole file: nothing passes unchecked.
    """
    rules = suite(contract)
    well = passed(_selected(table, contract), rules)
    result = well or run(_pandas(table, contract), rules, index="row_id")
    if docs is not None:
        docs.parent.mkdir(parents=True, exist_ok=True)
        docs.write_text(json.dumps(as_json(result), ensure_ascii=False), encoding="utf-8")
    aggregator = FindingAggregator()
    results = all_passed(rules) if well else expectation_results(result, rules)
    outcomes = RuleOutcomes() if outcomes is None else outcomes
    put_outcomes(results, rules, table, outcomes)
    _add_findings(results, table, contract, Reported(already), aggregator, outcomes)
    return aggregator.findings()


def suite(contract: Contract, last_day: date | None = None) -> "ExpectationSuite":
    """The suite of a contract. last_day: the last day that a date may have which must not lie in the future; by default
    today.
    """
    return new_suite(contract.dataset, list(_expectations(contract, last_day or today())))


def _expectations(contract: Contract, today: date) -> Iterator[Any]:
    import great_expectations.expectations as gxe

    for name, spec in contract.columns.items():
        if spec.required:
            yield gxe.ExpectColumnValuesToNotBeNull(column=name, meta=_meta(MISSING, name))
        if spec.min is not None or spec.max is not None:
            meta = _meta(_range_rule(spec), name)
            yield gxe.ExpectColumnValuesToBeBetween(column=name, min_value=spec.min, max_value=spec.max, meta=meta)
        elif spec.not_future:
            last = datetime(today.year, today.month, today.day)
            yield gxe.ExpectColumnValuesToBeBetween(
                column=name, max_value=last, meta=_meta("contract.future_date", name)
            )
        elif kinds := TYPES.get(
            spec.sql_type
        ):  # a range is itself a check of the type: it gives no result on a value of another
            yield gxe.ExpectColumnValuesToBeInTypeList(column=name, type_list=list(kinds), meta=_meta(WRONG_TYPE, name))
        if spec.type == "month":
            yield gxe.ExpectColumnValuesToMatchRegex(
                column=name, regex=PERIOD_FORMAT["month"], meta=_meta("normalize.invalid_date", name)
            )
        yield from _membership(name, spec)
    yield gxe.ExpectColumnValuesToNotBeNull(column=PERIOD, meta=_meta(MISSING, PERIOD))
    yield gxe.ExpectColumnValuesToMatchRegex(
        column=PERIOD,
        regex=PERIOD_FORMAT[contract.period.grain],
        meta=_meta(INVALID_PERIOD, PERIOD),
    )
    meta = _meta(DUPLICATE, None)
    if len(contract.key) == 1:
        yield gxe.ExpectColumnValuesToBeUnique(column=contract.key[0], meta=meta)
    else:
        yield gxe.ExpectCompoundColumnsToBeUnique(
            column_list=list(contract.key), ignore_row_if="any_value_is_missing", meta=meta
        )


def _membership(name: str, spec: FieldSpec) -> Iterator[Any]:
    """The safety net under normalizing: a code that is in no list has got through."""
    import great_expectations.expectations as gxe

    if spec.type == "project":
        plan = "|".join(map(re.escape, code_lists()["plan_project"].values))
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=name, regex=rf"^(?:{plan})(?:-\d+)?$", meta=_meta("normalize.unknown_project", name)
        )
    elif spec.type == "township":
        codes = list(code_lists()["township"].values)
        yield gxe.ExpectColumnValuesToBeInSet(
            column=name, value_set=codes, meta=_meta("normalize.unknown_township", name)
        )
    elif spec.type == "township_list":
        one = "|".join(map(re.escape, code_lists()["township"].values))
        regex = rf"^(?:{one})(?:{LIST_SEPARATOR}(?:{one}))*$"
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=name, regex=regex, meta=_meta("normalize.unknown_township", name)
        )
    elif spec.list and spec.type != "boolean":
        own = f"normalize.unknown_{spec.list}"
        rule = own if own in catalogue() else "normalize.unknown_value"
        yield gxe.ExpectColumnValuesToBeInSet(
            column=name, value_set=list(code_lists()[spec.list].values), meta=_meta(rule, name)
        )


def _meta(rule: str, field: str | None) -> dict[str, Any]:
    return {"rule": rule, "field": field}


def _range_rule(spec: FieldSpec) -> str:
    """The rule that a value outside the range breaks: below a minimum of zero alone it is simply negative."""
    if spec.type == "percent" and spec.max is not None:
        return "contract.percent_out_of_range"
    return "contract.negative_value" if spec.min == 0 and spec.max is None else "contract.out_of_range"


def _expected(spec: FieldSpec | None) -> str | None:
    """What a field's value should be, in words."""
    if spec is None:
        return None
    if spec.list and spec.type != "boolean":
        return "、".join(code_lists()[spec.list].values)
    if spec.min is not None and spec.max is not None:
        return f"{spec.min:g}–{spec.max:g}"
    return f"≥ {spec.min:g}" if spec.min is not None else None


def _selected(table: pa.Table, contract: Contract) -> pa.Table:
    """The columns of the submission table that are validated: no geometry, a list of codes as one text."""
    import pyarrow.compute as pc

    columns = ["row_id", PERIOD, *contract.columns]
    selected = table.select(columns)
    for name, spec in contract.columns.items():
        if spec.type == "township_list":
            joined = pc.binary_join(selected.column(name), LIST_SEPARATOR)
            selected = selected.set_column(columns.index(name), name, joined)
    return selected


def _pandas(table: pa.Table, contract: Contract) -> "pd.DataFrame":
    """What is validated of the submission table, as pandas, dates as datetime64."""
    return _selected(table, contract).to_pandas(date_as_object=False)


def _add_findings(
    given: list[ExpectationResult],
    table: pa.Table,
    contract: Contract,
    reported: Reported,
    aggregator: FindingAggregator,
    outcomes: RuleOutcomes,
) -> None:
    if all(result.passed for result in given):
        return
    addresses = Addresses(table)
    for result in given:
        if result.passed:
            continue
        if result.error:
            field = result.meta.get("field")
            aggregator.add(finding(UNCHECKED, field=field, found=result.error, title=_title(contract, field)))
        elif result.meta["rule"] == DUPLICATE:
            for found in _duplicates(result, addresses, contract, reported):
                aggregator.add(found)
        else:
            _add_findings_of_field(result, addresses, contract, reported, aggregator, outcomes)


def _add_findings_of_field(
    result: ExpectationResult,
    addresses: Addresses,
    contract: Contract,
    reported: Reported,
    aggregator: FindingAggregator,
    outcomes: RuleOutcomes,
) -> None:
    """Findings of an expectation on one field: one for each cell, however many rows were read from it."""
    rule, field = result.meta["rule"], result.meta["field"]
    spec = contract.fields.get(field)
    stands_in = contract.period.from_date or contract.period.from_field or field if field == PERIOD else field
    seen: set[tuple[Any, ...]] = set()
    title, expected, severity = _title(contract, stands_in), _expected(spec), catalogue()[rule].severity
    for row in sorted(result.rows, key=lambda values: values["row_id"]):
        address = addresses.at(int(row["row_id"]), stands_in)
        source = (address.sheet, address.cell) if address.cell else (int(row["row_id"]),)
        reporting_unit = (str(address.reporting_unit), address.period)
        if source in seen:
            outcomes.put_instead((rule, field), reporting_unit, HIDDEN, ELSEWHERE)
        if source in seen or reported.at(address) or (rule == MISSING and reported.explains_null(address)):
            continue
        seen.add(source)
        outcomes.put((rule, field), [reporting_unit], FAILED)
        make = partial(
            _at, address, rule, title=title, expected=expected, found=None if rule == MISSING else _plain(row[field])
        )
        aggregator.take(
            rule,
            address.field,
            address.cell,
            make,
            sheet=address.sheet,
            reporting_unit=address.reporting_unit,
            period=address.period,
            severity=severity,
        )


def _at(address: Address, rule: str, **operands: Any) -> Finding:
    return finding(rule, **address.as_keywords(), **operands)


def _duplicates(
    result: ExpectationResult, addresses: Addresses, contract: Contract, reported: Reported
) -> Iterator[Finding]:
    """Findings of a key that occurs more than once: at every later row, and at the first where that is of another unit."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in sorted(result.rows, key=lambda values: values["row_id"]):
        groups.setdefault(tuple(row[name] for name in contract.key), []).append(int(row["row_id"]))
    seen: set[tuple[Any, ...]] = set()
    for values, row_ids in groups.items():
        first, *later = (addresses.of_key(row_id, contract.key) for row_id in row_ids)
        written = "、".join(
            f"{_title(contract, name)}{_plain(value)}" for name, value in zip(contract.key, values, strict=True)
        )
        held = {address.reporting_unit for address in later}
        for address, other in [
            *((item, first) for item in later),
            *([] if first.reporting_unit in held else [(first, later[0])]),
        ]:
            source = (address.sheet, address.cell or address.feature, address.reporting_unit)
            if source in seen or (reported.at(address) and reported.holds(address.reporting_unit)):
                continue
            seen.add(source)
            yield _duplicate(address, other, written)


def _duplicate(address: Address, other: Address, written: str) -> Finding:
    return finding(DUPLICATE, **address.as_keywords(), found=written, expected=other.place, key=written)


def _title(contract: Contract, field: str | None) -> str:
    spec = contract.fields.get(field or "")
    if spec is not None:
        return spec.zh
    return PERIOD_TITLE if field == PERIOD else contract.title.zh


def _plain(value: Any) -> Any:
    """A pandas value as a message shows it: a timestamp as its day."""
    return value.date() if isinstance(value, datetime) else value
