"""The period of a layer: what its contract fixes, its date field, an attribute of the year, its title and the file's name. Called
by `layer`.
"""

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, Finding, contracts, finding
from contracts.model import Grain
from contracts.text import heading_key
from ingestion.normalize.layer_values import plain_values
from ingestion.normalize.periods import InvalidPeriod, period_of_cell
from ingestion.normalize.report_period import ReportPeriod, named_period, period_conflict
from ingestion.normalize.sheet_metadata import LocatedText, period_keys
from ingestion.readers.layer import RawLayer

IN_ATTRIBUTE = "属性"
LETTERS = frozenset({"nd", "nf", "year", "tjnd", "tjnf", "sjnd", "sjnf", "bgq"})
"""Names of such attributes where names are in letters: 年度, 年份, 统计年度, 数据年份, 报告期."""
MOST_VALUES = 2  # different values of an attribute that names the layer's one period; more are years of the features


def layer_period(
    contract: Contract, columns: dict[str, pa.Array], raw: RawLayer, file_name: str
) -> tuple[str | None, list[Finding]]:
    """The layer's period: the contract's fixed one, the latest of its date field, or what an attribute of the period, title
    and file name say; where these contradict, the attribute's, and a person is asked.
    """
    source = contract.period
    if source.fixed:
        return source.fixed, []
    if source.from_field:
        latest = pc.max(columns[source.from_field]).as_py()
        missing = finding("normalize.period_missing", sheet=raw.name, field=source.from_field)
        return (latest.isoformat(), []) if latest else (None, [missing])
    named = named_period([LocatedText(raw.title, None)], None, raw.name, file_name, source.grain)
    if (own := period_of_attribute(raw, source.grain)) and not named.is_faulty:
        return _with_attribute(*own, named, raw, source.grain)
    if named.period or named.findings:
        return named.period, named.findings
    return None, [finding("normalize.period_missing", sheet=raw.name, field="period")]


def _with_attribute(
    attribute: str, period: str, named: ReportPeriod, raw: RawLayer, grain: Grain
) -> tuple[str | None, list[Finding]]:
    """The period where an attribute names it, or only its year."""
    is_year_only = grain != "year" and len(period) == len("2025")
    said = named.period or ""
    if said and not said.startswith(period):
        where = (f"{IN_ATTRIBUTE} {attribute}", period), (named.source, said)
        return (said if is_year_only else period), [period_conflict(raw.name, attribute, *where)]
    if is_year_only:
        missing = finding("normalize.period_missing", sheet=raw.name, field="period")
        return named.period, named.findings if named.period else [missing]
    return period, []


def period_of_attribute(raw: RawLayer, grain: Grain) -> tuple[str, str] | None:
    """The attribute that names one period for all features, and this period, or its year."""
    for attribute in raw.attributes.column_names:
        if heading_key(attribute) not in _headings() and attribute.casefold() not in LETTERS:
            continue
        once = plain_values(raw.attributes[attribute]).unique().drop_null()
        periods = {_period_of(value, grain) for value in once.slice(0, MOST_VALUES).to_pylist()}
        if len(periods) == 1 and len(once) <= MOST_VALUES and (period := periods.pop()):
            return attribute, period
    return None


def _period_of(value: object, grain: Grain) -> str | None:
    try:
        return period_of_cell(value, grain) or period_of_cell(value, "year")
    except InvalidPeriod:
        return None


@cache
def _headings() -> frozenset[str]:
    """The headings of every report's period."""
    return frozenset(key for one in contracts().values() for key in period_keys(one))
