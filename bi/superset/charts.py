"""A chart as `dashboards/*.yml` declares it, and what Superset is told of it: the form that its page shows, and the query that
its API runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["table", "number", "bar", "line", "pie"]
VIZ_TYPES: Mapping[Kind, str] = {
    "table": "table",
    "number": "big_number_total",
    "bar": "echarts_timeseries_bar",
    "line": "echarts_timeseries_line",
    "pie": "pie",
}
FIGURE = ",.2~f"
"""As D3 writes a figure: two decimals at most, thousands apart; the dataset has all of them."""
MOST_ROWS = 10000
"""Of a chart: more than any chart here has in a district with all its years; the page stays quick."""
COUNTED = "数量"
PAGE_ROWS = 20
"""Of a table on a dashboard, before one turns its page."""


class Column(NamedTuple):
    """A column of a mart: its title, with its unit; what it means; its type, as the models declare it."""

    title: str
    about: str
    type: str


@dataclass(frozen=True)
class Chart:
    """A chart over one mart.

    columns: of a table, row by row as the mart has them. Else a figure for each `x` (a number has none) and the values of
    the columns `each`, a line or a colour of its own: the mart's `value`, of which such a group has one row; the `sum`; or how
    many rows have a `count`. values: several columns in place of `value`. where: columns that must have a value, one of
    several, or be true or false. order: columns. is_across: bars lie, so that their names can be read. width: of twelve;
    height: in units of 8 pixels.
    """

    name: str
    title: str
    mart: str
    kind: Kind
    width: int
    height: int
    columns: tuple[str, ...] = ()
    x: str | None = None
    each: tuple[str, ...] = ()
    value: str | None = None
    values: tuple[str, ...] = ()
    sum: str | None = None
    count: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    is_across: bool = False

    @property
    def figures(self) -> list[tuple[str, str]]:
        """(aggregate of SQL, column) of what it shows; none of a table."""
        if self.sum:
            return [("SUM", self.sum)]
        if self.count:
            return [("COUNT", self.count)]
        return [("MAX", name) for name in (self.values or ((self.value,) if self.value else ()))]

    @property
    def groups(self) -> list[str]:
        """The columns for each of whose values it has a figure."""
        return [*((self.x,) if self.x else ()), *self.each]

    @property
    def used(self) -> set[str]:
        """The columns that it needs of its mart."""
        return {
            *self.columns,
            *self.where,
            *self.order,
            *self.groups,
            *(name for _, name in self.figures),
        }


def form(chart: Chart, known: Mapping[str, Column]) -> dict[str, Any]:
    """What Superset's page of the chart shows (`params`). known: the columns of its mart."""
    common: dict[str, Any] = {
        "viz_type": VIZ_TYPES[chart.kind],
        "adhoc_filters": [_form_filter(name, value) for name, value in chart.where.items()],
        "row_limit": MOST_ROWS,
        "extra_form_data": {},
    }
    metrics = _metrics(chart, known)
    if chart.kind == "table":
        return common | {
            "query_mode": "raw",
            "all_columns": list(chart.columns),
            "order_by_cols": [f'["{name}", true]' for name in chart.order],
            "server_page_length": PAGE_ROWS,
            "page_length": PAGE_ROWS,
            "include_search": bool(chart.order),
            "show_cell_bars": False,
            "column_config": {
                name: {"d3NumberFormat": FIGURE} for name in chart.columns if known[name].type == "double"
            },
            "table_timestamp_format": "%Y-%m-%d",
        }
    if chart.kind == "number":
        return common | {"metric": metrics[0], "y_axis_format": FIGURE, "header_font_size": 0.4}
    if chart.kind == "pie":
        return common | {
            "metric": metrics[0],
            "groupby": [chart.x],
            "show_labels": True,
            "label_type": "key_value_percent",
            "sort_by_metric": True,
        }
    return common | {
        "x_axis": chart.x,
        "xAxisForceCategorical": True,
        "x_axis_sort": chart.x,
        "x_axis_sort_asc": True,
        "metrics": metrics,
        "groupby": list(chart.each),
        "show_legend": bool(chart.each) or len(metrics) > 1,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "truncate_metric": True,
        "y_axis_format": FIGURE,
        "orientation": "horizontal" if chart.is_across else "vertical",
        "stack": "Stack" if chart.kind == "bar" and chart.count else None,
    }


def query(chart: Chart, known: Mapping[str, Column]) -> dict[str, Any]:
    """What Superset's API runs for the chart: one of the `queries` of its query context."""
    filters = [_query_filter(name, value) for name, value in chart.where.items()]
    if chart.kind == "table":
        columns: list[Any] = list(chart.columns)
        order: Sequence[Any] = [[name, True] for name in chart.order]
        return {"columns": columns, "filters": filters, "orderby": order, "row_limit": MOST_ROWS}
    return {
        "columns": chart.groups,
        "metrics": _metrics(chart, known),
        "filters": filters,
        "orderby": [[name, True] for name in chart.groups],
        "row_limit": MOST_ROWS,
    }


def _metrics(chart: Chart, known: Mapping[str, Column]) -> list[dict[str, Any]]:
    return [
        {
            "expressionType": "SIMPLE",
            "aggregate": aggregate,
            "column": {"column_name": name},
            "label": COUNTED if aggregate == "COUNT" else known[name].title,
            "hasCustomLabel": True,
            "optionName": f"metric_{chart.name}_{name}",
        }
        for aggregate, name in chart.figures
    ]


def _condition(value: Any) -> tuple[str, Any]:
    """Superset's operator, and what it compares with."""
    if isinstance(value, bool):
        return ("IS TRUE" if value else "IS FALSE"), None
    return ("IN", value) if isinstance(value, list) else ("==", value)


def _form_filter(name: str, value: Any) -> dict[str, Any]:
    operator, comparator = _condition(value)
    return {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": name,
        "operator": operator,
        "comparator": comparator,
    }


def _query_filter(name: str, value: Any) -> dict[str, Any]:
    operator, comparator = _condition(value)
    return {"col": name, "op": operator, "val": comparator}
