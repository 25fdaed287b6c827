"""Reads the contracts and what they share; everything that asks what is expected of a dataset asks here."""

from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from contracts.model import CodeList, Contract, FieldSpec, MeasureUnit, UnitKind
from contracts.reference import table
from contracts.references import ContractError, check_references
from contracts.text import half_width

FOLDER = Path(__file__).resolve().parent
SHARED = FOLDER / "shared.yml"
HEADING_WORDS = FOLDER / "heading_words.yml"
# ten times faster where PyYAML has libyaml; every process of the sandbox reads the contracts
YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


PlainWords = Literal[
    "empty",
    "containers",
    "others",
    "neutral",
    "other_reports",
    "other_objects",
    "harmless_objects",
    "estimated",
    "taken_from",
]
"""The kinds of words that `heading_words.yml` lists."""


class UnknownDataset(LookupError):
    """No contract declares this dataset."""


def _file(path: Path) -> str:
    """A file as messages name it."""
    return f"{FOLDER.name}/{path.name}"


def _read(text: str, file: str) -> dict[str, Any]:
    try:
        raw = yaml.load(text, Loader=YAML)
    except yaml.YAMLError as error:
        raise ContractError(f"{file}: no YAML: {error}") from None
    if not isinstance(raw, dict):
        raise ContractError(f"{file}: keys with values are expected")
    return raw


@cache
def _shared() -> dict[str, Any]:
    return _read(SHARED.read_text(encoding="utf-8"), _file(SHARED))


@cache
def measure_units() -> dict[str, MeasureUnit]:
    """Units of measure by name. Raises ContractError."""
    try:
        simple = {
            name: MeasureUnit(name=name, is_scaled=unit_kinds()[spec["kind"]].is_scaled, **spec)
            for name, spec in _shared()["units"].items()
        }
        compound = {name: _compound(name, simple, **spec) for name, spec in _shared()["compound_units"].items()}
        return simple | compound
    except KeyError as error:
        raise ContractError(f"{_file(SHARED)}: no such unit or kind of units: {error}") from None
    except ValidationError as error:
        raise _invalid(error, _file(SHARED), "units") from None


@cache
def unit_kinds() -> dict[str, UnitKind]:
    """Kinds of units by name. Raises ContractError."""
    try:
        return {name: UnitKind(**spec) for name, spec in _shared()["unit_kinds"].items()}
    except ValidationError as error:
        raise _invalid(error, _file(SHARED), "unit_kinds") from None


@cache
def foreign_units() -> dict[str, str]:
    """Units in which nothing is reported, each with its kind: 斤, 顷, and multiples of what is reported in: 百吨, 千公顷."""
    known = {
        one: measure_unit.kind
        for measure_unit in measure_units().values()
        if measure_unit.is_scaled
        for one in measure_unit.spellings
    }
    multiples = {f"{many}{one}": kind for many in _shared()["unit_multiples"] for one, kind in known.items()}
    others = {one: kind for kind, spec in unit_kinds().items() for one in spec.not_converted}
    return {one: kind for one, kind in (multiples | others).items() if one not in known}


def _compound(name: str, simple: Mapping[str, MeasureUnit], of: str, per: str, decimals: int) -> MeasureUnit:
    """A unit divided by another: 立方米/亩. Raises KeyError for one that is not there."""
    above, below = simple[of], simple[per]
    written = [f"{one}/{other}" for one in above.spellings for other in below.spellings]
    kind = f"{above.kind}/{below.kind}"
    factor = above.factor / below.factor
    return MeasureUnit(name=name, kind=kind, factor=factor, decimals=decimals, zh=written[0], also=tuple(written[1:]))


@cache
def heading_words() -> dict[str, tuple[str, ...]]:
    """Words by which headings say what is measured, each with its ways of writing it."""
    parts = _heading_vocabulary()
    groups = (parts["objects"], parts["kinds"], parts["qualifiers"])
    return {word: tuple(map(str, spellings)) for group in groups for word, spellings in group.items()}


@cache
def qualifier_words() -> frozenset[str]:
    """Those of `heading_words` that say which part of what is measured, and not of what."""
    return frozenset(_heading_vocabulary()["qualifiers"])


@cache
def group_words() -> dict[str, tuple[str, ...]]:
    """Words by which a group of columns says when and how its figures are meant, by kind."""
    return {kind: tuple(words) for kind, words in _heading_vocabulary()["groups"].items()}


@cache
def plain_words(kind: PlainWords) -> tuple[str, ...]:
    """Words of headings of a kind that `heading_words.yml` tells, the longest first."""
    return tuple(sorted(_heading_vocabulary()[kind], key=lambda word: -len(word)))


@cache
def correction_words() -> dict[str, tuple[str, ...]]:
    """Words by which a text about figures says that they are wrong, by how they are used there."""
    return {use: tuple(words) for use, words in _heading_vocabulary()["corrections"].items()}


@cache
def _heading_vocabulary() -> dict[str, Any]:
    return _read(HEADING_WORDS.read_text(encoding="utf-8"), _file(HEADING_WORDS))


@cache
def code_lists() -> dict[str, CodeList]:
    """Code lists by name; one that is a seed has the seed's names as other ways of writing its codes, one of units
    their spellings. Raises ContractError for a seed, a column or a unit that is not there.
    """
    return {name: _code_list(name, spec) for name, spec in _shared()["code_lists"].items()}


def _code_list(name: str, spec: dict[str, Any]) -> CodeList:
    try:
        values = _with_half_width(_values(spec))
        return CodeList(
            name=name,
            values=values,
            groups=_groups(spec),
            on_form=_on_form(spec, values),
            formerly=spec.get("formerly", {}),
        )
    except KeyError as error:
        raise ContractError(f"{_file(SHARED)}: code_lists.{name}: no such key, column or unit: {error}") from None
    except FileNotFoundError as error:
        raise ContractError(f"{_file(SHARED)}: code_lists.{name}: no such seed: {error.filename}") from None


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


def _with_half_width(values: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """With each other way of writing a code also in half-width characters, as cells are compared."""
    return {code: tuple(dict.fromkeys((*others, *map(half_width, others)))) for code, others in values.items()}


def _values(spec: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    if seed := spec.get("seed"):
        names: dict[str, list[str]] = {}
        where = spec.get("where", {}).items()
        for row in (one for one in table(seed) if all(one[column] == value for column, value in where)):
            names.setdefault(row[spec["code"]], []).append(row[spec["name"]])
        if detail := spec.get("detail"):
            for row in table(detail["seed"]):
                names[row[spec["code"]]] += [row[detail["code"]], row[detail["name"]]]
        also, formerly = spec.get("also", {}), spec.get("formerly", {})
        return {
            code: (*own, *([formerly[code]] if code in formerly else []), *map(str, also.get(code, ())))
            for code, own in names.items()
        }
    if "units" in spec:
        return {name: measure_units()[name].spellings for name in spec["units"]}
    return {str(code): tuple(map(str, others)) for code, others in spec["values"].items()}


def _fields(
    declared: Mapping[str, dict[str, Any]], shared: Mapping[str, dict[str, Any]], file: str
) -> dict[str, FieldSpec]:
    """Fields of a contract, each with what it takes of a shared one."""
    fields = {}
    for name, own in declared.items():
        used = own.get("use")
        if used is not None and used not in shared:
            raise ContractError(
                f"{file}: fields.{name}.use: no such shared field: {used!r}; there are: {', '.join(shared)}"
            )
        merged = {**shared.get(str(used), {}), **{key: value for key, value in own.items() if key != "use"}}
        if "zh" in merged:
            merged.setdefault("en", merged["zh"])
        try:
            fields[name] = FieldSpec(name=name, **merged)
        except ValidationError as error:
            raise _invalid(error, file, f"fields.{name}") from None
    return fields


def _invalid(error: ValidationError, file: str, at: str = "") -> ContractError:
    """What pydantic found, a line for each key."""
    lines = (
        f"{file}: {'.'.join(filter(None, (at, *map(str, fault['loc']))))}: {fault['msg']}" for fault in error.errors()
    )
    return ContractError("\n".join(lines))


def parse(text: str, file: str = "contract") -> Contract:
    """A contract from the text of its YAML. file: how messages name it. Raises ContractError, naming file and key, when
    it is not one; what it refers to is checked by `contracts`, which knows the others.
    """
    raw = _read(text, file)
    if not isinstance(raw.get("fields"), dict):
        raise ContractError(f"{file}: fields: missing")
    raw["fields"] = _fields(raw["fields"], _shared()["fields"], file)
    if "period" not in raw:
        if "period" not in raw["fields"]:
            raise ContractError(f"{file}: period: missing, and there is no field of this name to take its grain from")
        raw["period"] = {"grain": raw["fields"]["period"].grain}
    try:
        return Contract(**raw)
    except ValidationError as error:
        raise _invalid(error, file) from None


def load(paths: Iterable[Path]) -> dict[str, Contract]:
    """Contracts by dataset, from their files, each checked against the others and what they share. Raises
    ContractError, naming file and key.
    """
    read = [(_file(path), parse(path.read_text(encoding="utf-8"), _file(path))) for path in paths]
    found: dict[str, Contract] = {}
    for file, contract in read:
        if contract.dataset in found:
            raise ContractError(f"{file}: dataset: {contract.dataset!r} is declared twice")
        found[contract.dataset] = contract
    for file, contract in read:
        check_references(contract, file, measure_units(), code_lists(), found)
    try:
        in_order_of_needs(found)
    except CycleError as error:
        circle = error.args[1]
        file = next(file for file, contract in read if contract.dataset == circle[-1])
        raise ContractError(f"{file}: needs: the datasets need each other: {' → '.join(reversed(circle))}") from None
    return found


@cache
def contracts() -> dict[str, Contract]:
    """Every contract by dataset, in the order of the files' names. Raises ContractError."""
    return load(path for path in sorted(FOLDER.glob("*.yml")) if path.name not in (SHARED.name, HEADING_WORDS.name))


def contract(dataset: str) -> Contract:
    """The contract of a dataset. Raises UnknownDataset."""
    try:
        return contracts()[dataset]
    except KeyError:
        raise UnknownDataset(f"no contract for {dataset!r}; there are: {', '.join(contracts())}") from None


def in_order_of_needs(declared: Mapping[str, Contract] | None = None) -> tuple[str, ...]:
    """Datasets so ordered that what another needs comes before it.

    declared: every contract unless given. Raises graphlib.CycleError on a circle, which no loaded contract is in.
    """
    items = contracts() if declared is None else declared
    return tuple(TopologicalSorter({name: item.needs for name, item in items.items()}).static_order())
