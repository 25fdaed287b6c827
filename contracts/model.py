"""The shape of a contract, everything that is expected of one dataset; `contracts.loader` fills it from the YAML."""

from fractions import Fraction
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import Field as Attribute

Family = Literal["spatial", "statistics", "project_reports"]
FAMILIES: tuple[Family, ...] = get_args(Family)
"""Every family, in the order in which they are ingested: what others need comes first."""
Severity = Literal["error", "warning", "info"]
Grain = Literal["day", "month", "quarter", "year"]
FieldType = Literal[
    "area",
    "money",
    "mass",
    "amount",
    "percent",
    "count",
    "number",
    "text",
    "code",
    "boolean",
    "date",
    "month",
    "period",
    "township",
    "township_list",
    "project",
    "place",
]

OPEN_TYPES = frozenset({"text", "place"})
"""Types that take whatever text somebody writes, names of persons among it."""
NUMERIC_TYPES = frozenset({"area", "money", "mass", "amount", "percent", "count", "number"})
"""Types of figures; an amount is one in a unit of any other kind that the shared file declares: m³, people, kWh."""
SUMMED_TYPES = NUMERIC_TYPES - {"percent"}
"""Types of figures that add up."""


class Declared(BaseModel):
    """What is written in a YAML file: unknown keys are refused, and nothing is changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class Title(Declared):
    """What something is called."""

    zh: str
    en: str


class UnitKind(Declared):
    """What units of a kind measure. is_scaled: several are in use, so that a figure may be meant in another one;
    heading: what a heading may add to a field's words without saying more (面积, 资金); not_converted: units of the kind that
    are known and never converted.
    """

    is_scaled: bool = False
    heading: str = ""
    not_converted: tuple[str, ...] = ()


class MeasureUnit(Declared):
    """A unit of measure; factor to the canonical unit of its kind, exact. decimals: of its figures as they are printed;
    is_scaled: as its kind.
    """

    name: str
    kind: str
    factor: Annotated[Fraction, BeforeValidator(lambda value: Fraction(str(value)))]
    decimals: int
    zh: str
    also: tuple[str, ...] = ()
    is_scaled: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way of writing it, its Chinese name first."""
        return (self.zh, *self.also)


class CodeList(Declared):
    """Permitted values: canonical code -> every other way of writing it, its name first.

    groups: code -> heading of the group it belongs to. on_form: the codes that a form prints. formerly: code -> what it
    was before it was renamed, under which ledgers know it.
    """

    name: str
    values: dict[str, tuple[str, ...]]
    groups: dict[str, str] = {}
    on_form: tuple[str, ...] = ()
    formerly: dict[str, str] = {}

    def canonical(self, text: str) -> str | None:
        """The code that a written value stands for, or None."""
        if text in self.values:
            return text
        return next((code for code, others in self.values.items() if text in others), None)

    def title(self, code: str) -> str:
        """What people call a code: its first name, or the code itself where that is a Chinese word; what is no code, as
        it is.
        """
        names = self.values.get(code, ())
        return names[0] if names and code.isascii() else code


class FieldSpec(Declared):
    """One column of a dataset. `zh` is the header that the template prints, `header` a layer's attribute name,
    `example` what it shows; `since` the month from which on the dataset has it, where it has had it not from the beginning;
    `persons`: people write freely there, and may name others: what a finding shows of it is for its sender alone.
    """

    name: str
    zh: str
    en: str
    type: FieldType
    header: str | None = None
    also: tuple[str, ...] = ()
    name_headers: tuple[str, ...] = ()
    measure_unit: str | None = Attribute(default=None, alias="unit")
    grain: Grain | None = None
    list: str | None = None
    min: float | None = None
    max: float | None = None
    required: bool = False
    declared: bool = False
    cumulative: bool = False
    not_future: bool = False
    fraction_severity: Severity = "error"
    numerator: str | None = None
    denominator: str | None = None
    meaning: str | None = None
    example: str | float | None = None
    since: str | None = None
    persons: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """Every heading under which the field may stand, the printed one first."""
        first = (self.header, self.zh) if self.header else (self.zh,)
        return (*first, *self.also)

    @property
    def is_open(self) -> bool:
        """Whether it takes whatever text somebody writes."""
        return self.type in OPEN_TYPES

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.type in NUMERIC_TYPES

    @property
    def sql_type(self) -> str:
        """Column type of the raw table in DuckDB."""
        if self.type == "count":
            return "BIGINT"
        if self.is_numeric:
            return "DOUBLE"
        return {"date": "DATE", "boolean": "BOOLEAN", "township_list": "VARCHAR[]"}.get(self.type, "VARCHAR")


class Cadence(Declared):
    """How often, and when it is due: a month and a day of the year after the period (`years_after`: 1 unless given), or
    months after it.
    """

    every: Literal["year", "quarter", "month", "change", "event"]
    due: dict[str, int] | None = None


class ReportingUnit(Declared):
    """The smallest part that is accepted or held as a whole. per_period: a version is replaced only by one of its own
    period.
    """

    kind: Literal["township", "project", "project_township", "event", "indicator", "layer", "township_located"]
    fields: tuple[str, ...] = ()
    per_period: bool = True


class PeriodSource(Declared):
    """Where the period of a dataset without a period column comes from."""

    grain: Grain
    where: Literal["file"] | None = None
    from_date: str | None = None
    from_field: str | None = None
    fixed: str | None = None


class Layout(Declared):
    """How a submission is laid out: a table with a row for each fact, a wide one with a column for each class, or a
    map layer. The fields' names say which columns play which part; what `overlaps` and its like name is the severity of
    the finding. lines_of: the category of the plan whose projects' features may be lines (rivers).
    """

    kind: Literal["table", "wide", "layer"]
    class_field: str | None = None
    value_field: str | None = None
    total_field: str | None = None
    feature_id: str | None = None
    covers: Literal["district", "township", "parts"] | None = None
    overlaps: Severity | None = None
    overlaps_within: str | None = None
    overlaps_between: Severity | None = None
    declared_area: str | None = None
    location: str | None = None
    lines_of: str | None = None


class Contract(Declared):
    """Everything that is expected of one dataset: one YAML file, its references checked by `contracts.references`."""

    dataset: str
    title: Title
    family: Family
    submitter: str
    cadence: Cadence
    needs: tuple[str, ...] = ()
    reporting_unit: ReportingUnit
    key: tuple[str, ...]
    period: PeriodSource
    layout: Layout
    recognise: tuple[str, ...] = Attribute(
        default=(), description="words of a title or file name by which the dataset is recognised"
    )
    fields: dict[str, FieldSpec]

    @property
    def is_layer(self) -> bool:
        """Whether its submissions are map layers."""
        return self.layout.kind == "layer"

    @property
    def identifying(self) -> frozenset[str]:
        """Names of the fields by whose values rows are known."""
        named = (*self.key, *self.reporting_unit.fields, self.layout.feature_id, self.layout.location)
        return frozenset(name for name in named if name)

    def is_written_freely(self, field: FieldSpec) -> bool:
        """Whether people write into a field what they like, and may name others there."""
        return field.persons or (field.is_open and field.name not in self.identifying)

    @property
    def columns(self) -> dict[str, FieldSpec]:
        """Fields that are stored as columns of the raw table (the period stands among the table's own columns)."""
        return {name: field for name, field in self.fields.items() if field.type != "period"}
