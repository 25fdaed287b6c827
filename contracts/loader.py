"""Reads the contracts, and resolves what they share."""

from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import yaml

from contracts.model import CodeList, Contract, FieldSpec, MeasureUnit
from contracts.reference import table

FOLDER = Path(__file__).resolve().parent
SHARED = FOLDER / "shared.yml"
YAML = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # ten times faster where PyYAML has libyaml; every limited process reads the contracts


class UnknownDataset(LookupError):
    """No contract declares this dataset."""


def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=YAML)


@cache
def measure_units() -> dict[str, MeasureUnit]:
    """Units of measure by name."""
    return {name: MeasureUnit(name=name, **spec) for name, spec in _read(SHARED)["units"].items()}


@cache
def code_lists() -> dict[str, CodeList]:
    """Code lists by name; one that is a seed has the seed's names as other ways of writing its codes, one of units
    their spellings.
    """
    lists = _read(SHARED)["code_lists"]
    return {
        name: CodeList(
            name=name,
            values=(values := _half_width(_values(spec))),
            groups=_groups(spec),
            on_form=_on_form(spec, values),
        )
        for name, spec in lists.items()
    }


def _groups(spec: dict[str, Any]) -> dict[str, str]:
    """Each code's group, where the seed names one: 耕地(01)."""
    if "group" not in spec:
        return {}
    return {row[spec["code"]]: f"{row[spec['group_name']]}({row[spec['group']]})" for row in table(spec["seed"])}


def _on_form(spec: dict[str, Any], values: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The codes that a form prints: those that the seed says, else all."""
    if "on_form" not in spec:
        return tuple(values)
    return tuple(row[spec["code"]] for row in table(spec["seed"]) if row[spec["on_form"]] == "true")


def _half_width(values: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """With each other way of writing a code also in half-width characters, as cells are compared."""
    return {
        code: tuple(dict.fromkeys((*others, *(normalize("NFKC", other) for other in others))))
        for code, others in values.items()
    }


def _values(spec: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    if seed := spec.get("seed"):
        names: dict[str, list[str]] = {}
        for row in table(seed):
            names.setdefault(row[spec["code"]], []).append(row[spec["name"]])
        if detail := spec.get("detail"):
            for row in table(detail["seed"]):
                names[row[spec["code"]]] += [row[detail["code"]], row[detail["name"]]]
        also = spec.get("also", {})
        return {code: (*own, *map(str, also.get(code, ()))) for code, own in names.items()}
    if "units" in spec:
        return {name: measure_units()[name].spellings for name in spec["units"]}
    return {str(code): tuple(map(str, others)) for code, others in spec["values"].items()}


def _fields(declared: dict[str, dict[str, Any]], shared: dict[str, dict[str, Any]]) -> dict[str, FieldSpec]:
    fields = {}
    for name, own in declared.items():
        base = shared[own["use"]] if "use" in own else {}
        merged = {**base, **{key: value for key, value in own.items() if key != "use"}}
        merged.setdefault("en", merged["zh"])
        fields[name] = FieldSpec(name=name, **merged)
    return fields


def parse(text: str) -> Contract:
    """A contract from its YAML. Raises pydantic.ValidationError, naming the field, when it is not one."""
    raw = yaml.load(text, Loader=YAML)
    raw["fields"] = _fields(raw["fields"], _read(SHARED)["fields"])
    if "period" not in raw:
        raw["period"] = {"grain": raw["fields"]["period"].grain}
    return Contract(**raw)


@cache
def contracts() -> dict[str, Contract]:
    """Every contract by dataset, in the order of the files' names."""
    found = (parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml")) if path != SHARED)
    return {contract.dataset: contract for contract in found}


def contract(dataset: str) -> Contract:
    """The contract of a dataset. Raises UnknownDataset."""
    try:
        return contracts()[dataset]
    except KeyError:
        raise UnknownDataset(f"no contract for {dataset!r}; there are: {', '.join(contracts())}") from None


def in_order_of_needs() -> tuple[str, ...]:
    """Datasets so ordered that what another needs comes before it. Raises graphlib.CycleError on a circle."""
    from graphlib import TopologicalSorter

    return tuple(TopologicalSorter({name: item.needs for name, item in contracts().items()}).static_order())
