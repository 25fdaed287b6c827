"""What a form holds: its title, its columns, the rows whose names are known before anything is filled in, and an example of
each column. Called by `pipeline.intake.templates`, and by the modules that write it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from contracts import Contract, FieldSpec, code_lists, measure_units
from contracts.names import period_name
from contracts.places import township_name
from contracts.reference import COUNTY_NAME, table
from ingestion.normalize.numbers import canonical_unit
from ingestion.normalize.periods import InvalidPeriod, find_period
from ingestion.templates.known_rows import Chosen, chosen, known_rows

Key = tuple[str, str | None]
"""A field, with NAME where the column holds names, or the class where it is one of a wide sheet's."""
NAME = "name"
GRAINS = {
    "year": "年度，如 2025",
    "quarter": "季度，如 2025Q1",
    "month": "月份，如 2025-03",
    "day": "日期，如 2021-10-31",
}
EXAMPLE_DAY = date(2025, 3, 14)
EXAMPLE_NUMBERS = {"percent": 62.5, "count": 12}
EXAMPLE_NUMBER = 123.45
CLASS_AREA = 85.6  # in a class column of the example row; the total column shows their sum
EXAMPLE_TOWNSHIP = 2  # row of the seed whose code and name are shown


class NoTemplate(LookupError):
    """There is no such form: the reporting unit or the period is none of the dataset's."""


@dataclass(frozen=True)
class FormColumn:
    """A column of the form. group: the heading above it, in a wide sheet; class_code: of a wide sheet's class."""

    field: FieldSpec
    heading: str
    role: Literal["value", "name", "class"] = "value"
    class_code: str | None = None
    group: str | None = None

    @property
    def key(self) -> Key:
        return self.field.name, self.class_code or (NAME if self.role == "name" else None)

    @property
    def is_required(self) -> bool:
        return self.field.required and self.role != "name"


@dataclass(frozen=True)
class Form:
    """A form of a contract. period: canonical, None where it is left to be filled in; only: what it is for, where not
    for all.

    rows: what is known of each expected row, by column key.
    """

    contract: Contract
    columns: tuple[FormColumn, ...]
    rows: tuple[dict[Key, Any], ...]
    period: str | None
    only: Chosen

    @property
    def asks_period(self) -> bool:
        """Whether the period must be given beside the rows: no row and no field gives it."""
        return (
            self.contract.period.from_date is None
            and self.contract.period.from_field is None
            and self.contract.period.fixed is None
        )

    @property
    def title(self) -> str:
        """上党区荫城镇2025年第一季度农村生活垃圾处理季报; what it is for besides a township stands in brackets behind."""
        township = township_name(self.only.township) if self.only.township else ""
        behind = f"（{self.only.subject}）" if self.only.subject else ""
        titled = f"{period_name(self.period)}{self.contract.title.zh}".replace("年年度", "年度")
        return f"{COUNTY_NAME}{township}{titled}{behind}"

    @property
    def file_name(self) -> str:
        """What the file is called unless another name is asked for."""
        return f"{self.title}{'.gpkg' if self.contract.is_layer else '.xlsx'}"


def form_of(contract: Contract, reporting_unit: str | None = None, period: str | None = None) -> Form:
    """The form of a contract. reporting_unit: a township, project or indicator as people write it; period: likewise. Raises
    NoTemplate.
    """
    only = Chosen() if reporting_unit is None else chosen(contract, reporting_unit)
    if only is None:
        raise NoTemplate(f"《{contract.title.zh}》没有填报单元“{reporting_unit}”")
    rows = tuple(_by_key(row) for row in known_rows(contract, only))
    return Form(contract, _columns(contract), rows, _period(contract, period), only)


def _by_key(row: dict[str, Any]) -> dict[Key, Any]:
    """A row's values by column, with the township's name beside its code."""
    codes = {one["township_code"] for one in table("township")}
    names: dict[Key, Any] = {(field, NAME): township_name(value) for field, value in row.items() if value in codes}
    return {**{(field, None): value for field, value in row.items()}, **names}


def _period(contract: Contract, text: str | None) -> str | None:
    if text is None:
        return None
    grain = contract.period.grain
    try:
        found = find_period(text, grain)
    except InvalidPeriod:
        found = None
    if found is None:
        raise NoTemplate(f"“{text}”不是{GRAINS[grain]}")
    return found


def _columns(contract: Contract) -> tuple[FormColumn, ...]:
    columns = []
    for spec in contract.fields.values():
        if spec.type == "period":
            continue
        if contract.layout.kind == "wide" and spec.name == contract.layout.class_field:
            columns += _classes(contract, spec)
        elif contract.layout.kind != "wide" or spec.name != contract.layout.value_field:
            columns.append(FormColumn(spec, heading(spec)))
            if spec.name_headers and not contract.is_layer:
                columns.append(FormColumn(spec, spec.name_headers[0], "name"))
    return tuple(columns)


def heading(spec: FieldSpec) -> str:
    """A field's title with its unit: 森林面积（公顷）."""
    measure_unit = unit_title(spec)
    return f"{spec.zh}（{measure_unit}）" if measure_unit else spec.zh


def unit_title(spec: FieldSpec) -> str | None:
    """The unit in which a field is filled in, as people write it; None for counts, which need none, and what is no
    number.
    """
    measure_unit = canonical_unit(spec)
    return None if measure_unit is None or measure_unit == measure_units()["count"] else measure_unit.zh


def _classes(contract: Contract, spec: FieldSpec) -> list[FormColumn]:
    """The columns of a wide sheet's classes, each under its group: 旱地(0103) under 耕地(01)."""
    classes, value = code_lists()[str(spec.list)], contract.fields[str(contract.layout.value_field)]
    return [
        FormColumn(value, f"{classes.title(code)}({code})", "class", code, classes.groups.get(code))
        for code in classes.on_form
    ]


def example_row(form: Form) -> list[Any]:
    """An example of each of the form's columns, in order; None where a field is best left to the reader."""
    return [example(column, form) for column in form.columns]


def example(column: FormColumn, form: Form) -> Any:
    """The example of one column: the contract's own, else what is known of the first row, else one of its type."""
    spec = column.field
    if column.role == "class":
        return CLASS_AREA
    if form.contract.layout.total_field == spec.name:
        return CLASS_AREA * sum(other.role == "class" for other in form.columns)
    known = form.rows[0].get(column.key) if form.rows else None
    return _example_of_type(spec, column.role == NAME) if known is None else known


def _example_of_type(spec: FieldSpec, is_name: bool) -> Any:
    if spec.example is not None:
        return spec.example
    if spec.type == "township":
        code = table("township")[EXAMPLE_TOWNSHIP]["township_code"]
        return township_name(code) if is_name else code
    if spec.type == "project":
        return table("plan_project")[0]["project_id"]
    if spec.type == "date":
        return EXAMPLE_DAY
    if spec.type == "month":
        return f"{EXAMPLE_DAY:%Y-%m}"
    if spec.list:
        codes = code_lists()[spec.list]
        return codes.title(next(iter(codes.values)))
    return EXAMPLE_NUMBERS.get(spec.type, EXAMPLE_NUMBER) if spec.is_numeric else None
