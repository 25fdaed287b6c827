"""What a form shows as an example: a plausible value of each field."""

from datetime import date
from typing import Any

from contracts import FieldSpec, code_lists
from contracts.places import township_name
from contracts.reference import table
from ingestion.templates.form import NAME, Form, FormColumn

EXAMPLE_DAY = date(2025, 3, 14)
EXAMPLE_NUMBERS = {"percent": 62.5, "count": 12}
EXAMPLE_NUMBER = 123.45
CLASS_AREA = 85.6


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
    return _of_type(spec, column.role == NAME) if known is None else known


def _of_type(spec: FieldSpec, is_name: bool) -> Any:
    if spec.example is not None:
        return spec.example
    if spec.type == "township":
        code = table("township")[2]["township_code"]
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
