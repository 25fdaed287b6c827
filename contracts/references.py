"""Checks that what a contract names is declared: the loader calls it for every contract, so that a slip of the pen is
found where it was made and not in the middle of a load.
"""

from collections.abc import Collection, Iterator, Mapping

from contracts.model import NUMERIC_TYPES, CodeList, Contract, FieldSpec, MeasureUnit

PERIOD = "period"
"""A key may name it although many datasets have no such field: every row has a period."""
LAYOUT_FIELDS = (
    "class_field",
    "value_field",
    "total_field",
    "feature_id",
    "declared_area",
    "location",
    "overlaps_within",
)
PERIOD_FIELDS = ("from_date", "from_field")
FRACTION_FIELDS = ("numerator", "denominator")


class ContractError(ValueError):
    """A contract, or a declaration that contracts share, is not sound. The message names the file and the key."""


def check_references(
    contract: Contract,
    file: str,
    measure_units: Mapping[str, MeasureUnit],
    lists: Mapping[str, CodeList],
    datasets: Collection[str],
) -> None:
    """Takes a contract, the name of its file, and all that it may refer to; gives nothing when everything is there.

    Raises ContractError with every reference that leads nowhere, one a line: `contracts/x.yml: fields.y.list: …`.
    """
    faults = [*_of_fields(contract, measure_units, lists), *_of_dataset(contract, datasets)]
    if faults:
        raise ContractError("\n".join(f"{file}: {fault}" for fault in faults))


def _of_fields(
    contract: Contract, measure_units: Mapping[str, MeasureUnit], lists: Mapping[str, CodeList]
) -> Iterator[str]:
    for name, spec in contract.fields.items():
        at = f"fields.{name}"
        if spec.list is not None and spec.list not in lists:
            yield _unknown(f"{at}.list", "code list", spec.list, lists)
        if spec.measure_unit is not None:
            yield from _of_measure_unit(f"{at}.unit", spec, spec.measure_unit, measure_units)
        for key in FRACTION_FIELDS:
            operand = getattr(spec, key)
            if operand is None:
                continue
            if operand not in contract.fields:
                yield _unknown(f"{at}.{key}", "field", operand, contract.fields)
            elif not contract.fields[operand].is_numeric:
                yield f"{at}.{key}: {operand!r} is no number but of type {contract.fields[operand].type}"
        if (spec.numerator is None) != (spec.denominator is None):
            yield f"{at}: a fraction needs both numerator and denominator"


def _of_measure_unit(
    at: str, spec: FieldSpec, measure_unit: str, measure_units: Mapping[str, MeasureUnit]
) -> Iterator[str]:
    """A unit must be declared, and measure what the field's type says."""
    if measure_unit not in measure_units:
        yield _unknown(at, "unit", measure_unit, measure_units)
    elif spec.type not in NUMERIC_TYPES:
        yield f"{at}: a field of type {spec.type} has no unit"
    elif spec.type != "amount" and measure_units[measure_unit].kind != spec.type:
        yield f"{at}: {measure_unit!r} is a unit of {measure_units[measure_unit].kind}, the field is of type {spec.type}"


def _of_dataset(contract: Contract, datasets: Collection[str]) -> Iterator[str]:
    for need in contract.needs:
        if need == contract.dataset:
            yield "needs: a dataset cannot need itself"
        elif need not in datasets:
            yield _unknown("needs", "dataset", need, datasets)
    named = [("key", name) for name in contract.key if name != PERIOD]
    named += [("reporting_unit.fields", name) for name in contract.reporting_unit.fields]
    named += [(f"layout.{key}", getattr(contract.layout, key)) for key in LAYOUT_FIELDS]
    named += [(f"period.{key}", getattr(contract.period, key)) for key in PERIOD_FIELDS]
    for at, name in named:
        if name is not None and name not in contract.fields:
            yield _unknown(at, "field", name, contract.fields)


def _unknown(at: str, kind: str, name: str, known: Collection[str]) -> str:
    return f"{at}: no such {kind}: {name!r}; there are: {', '.join(known)}"
