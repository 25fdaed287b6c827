"""The rows of a form that are known before it is filled in: the district's townships, the plan's projects, its
indicators. Called by `form`.
"""

from dataclasses import dataclass, replace
from typing import Any

from contracts import Contract, code_lists, measure_units
from contracts.model import CodeList
from contracts.places import township_name
from contracts.reference import COUNTY_NAME, lookup, table
from ingestion.normalize.numbers import unit_named
from ingestion.normalize.townships import is_district, place_named
from ingestion.normalize.values import PROJECT, project_number

LIST_JOINT = "、"


@dataclass(frozen=True)
class Chosen:
    """What a form is for, where it is for one only, as codes; indicator: its name beside the code. subject: how its
    title names what is no township.
    """

    township: str | None = None
    project: str | None = None
    indicator: str | None = None
    indicator_name: str = ""

    @property
    def subject(self) -> str:
        return self.project or self.indicator_name


def chosen(contract: Contract, text: str | None) -> Chosen | None:
    """The township, the project, both joined by '|' (A1|荫城镇), or the indicator that a text names; None: it is none
    of the dataset's.
    """
    if text is None:
        return None
    kinds = {spec.type for spec in contract.fields.values()}
    indicators = _registry(contract) if contract.reporting_unit.kind == "indicator" else None
    found = Chosen()
    for part in text.split("|"):
        place, project = place_named(part), PROJECT.match(project_number(part))
        indicator = indicators.canonical(part) if indicators else None
        if place and (kinds & {"township", "place"} or contract.reporting_unit.kind == "township_located"):
            found = replace(found, township=place.township_code)
        elif project and "project" in kinds and project[1] in lookup("plan_project", "project_id", "project_name"):
            found = replace(found, project=project_number(part))
        elif indicators and indicator:
            found = replace(found, indicator=indicator, indicator_name=indicators.title(indicator))
        elif not is_district(part):
            return None
    return found


def known_rows(contract: Contract, only: Chosen) -> list[dict[str, Any]]:
    """What is known of each row that is expected, by field; none for ledgers of events and layers, whose rows nobody
    knows beforehand.
    """
    kind = contract.reporting_unit.kind
    if kind == "township":
        codes = [only.township] if only.township else [row["township_code"] for row in table("township")]
        return [{contract.reporting_unit.fields[0]: code} for code in codes]
    if kind == "indicator":
        return _indicators(contract, only)
    if kind not in ("project", "project_township") or contract.is_layer:
        return []
    rows = []
    for project in [only.project] if only.project else list(lookup("plan_project", "project_id", "project_name")):
        planned = _townships(project)
        if kind == "project_township":
            rows += [
                _project(contract, project) | {"township_code": code}
                for code in planned
                if only.township in (None, code)
            ]
        elif only.township in (None, *planned):
            rows += [_project(contract, project) | part for part in _parts(contract)]
    return rows


def _townships(project: str) -> list[str]:
    """Townships that the plan names for a project, of a sub-project its project's."""
    return [
        row["township_code"] for row in table("plan_project_township") if row["project_id"] == project.partition("-")[0]
    ]


def _project(contract: Contract, project: str) -> dict[str, Any]:
    """What the plan says of a project, for the fields that the contract has. A sub-project has a name of its own, which
    is not known.
    """
    plan = next(row for row in table("plan_project") if row["project_id"] == project.partition("-")[0])
    known: dict[str, Any] = {}
    for name, spec in contract.fields.items():
        if spec.type == "project":
            known[name] = project
        elif name == "project_name" and project == plan["project_id"]:
            known[name] = plan["project_name"]
        elif spec.list == "project_category":
            known[name] = lookup("plan_project_category", "category_code", "category_name")[plan["category_code"]]
        elif spec.list == "phase" and (phase := plan["phase_in_part_7"] or plan["phase_in_part_5"]):
            known[name] = phase
        elif spec.type == "township_list":
            known[name] = LIST_JOINT.join(map(township_name, _townships(project)))
    return known


def _parts(contract: Contract) -> list[dict[str, Any]]:
    """The parts of which a project's report always consists, where the key has one list beside it: the dimensions of an
    evaluation.
    """
    parts = [name for name in contract.key if name not in contract.reporting_unit.fields and name != "period"]
    if len(parts) != 1 or (code_list := contract.fields[parts[0]].list) is None:
        return [{}]
    return [{parts[0]: code} for code in code_lists()[code_list].values]


def _indicators(contract: Contract, only: Chosen) -> list[dict[str, Any]]:
    """An indicator a row, for the district or one township, with the unit in which it is stated; none of what is measured
    at other places, which nobody knows beforehand.
    """
    field, codes = contract.reporting_unit.fields[0], _registry(contract)
    seed = {row["name_zh"]: row for row in table(codes.name)}
    rows = []
    for code in codes.values:
        if only.indicator not in (None, code):
            continue
        known, registered = {field: codes.title(code)}, seed[codes.title(code)]
        if registered.get("area_kind", "township") != "township":
            continue
        for name, spec in contract.fields.items():
            if spec.type == "place":
                known[name] = township_name(only.township) if only.township else COUNTY_NAME
            elif (
                spec.list
                and registered["measure_unit"]
                and measure_units().keys() >= code_lists()[spec.list].values.keys()
            ):
                known[name] = _unit_name(registered["measure_unit"])
        rows.append(known)
    return rows


def _registry(contract: Contract) -> CodeList:
    """The indicators of which a dataset has a row each; the code list is called as its seed."""
    return code_lists()[str(contract.fields[contract.reporting_unit.fields[0]].list)]


def _unit_name(text: str) -> str:
    measure_unit = unit_named(text)
    return measure_unit.zh if measure_unit else text
