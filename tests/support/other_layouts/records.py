"""What a clean file says, freed from its layout."""

import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from contracts import Contract, contracts
from ingestion.normalize.table import normalize_table
from ingestion.templates import form_of, write_template
from tests.support.answers import SAMPLES
from tests.support.filled_forms import fill_workbook, filled_rows

PERIODS = {"year": "2025", "quarter": "2025Q3", "month": "2025-03"}
"""For which a form is filled in, by the grain of a contract."""
PLACES = 6  # decimals that are kept: a figure that was written in 亩 has endless ones in 公顷


@dataclass
class Record:
    """A row of a table: its values by field, in the contract's units, and its classes in a wide one."""

    period: str | None
    values: dict[str, Any]
    classes: dict[str, float | None] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    class_cells: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A clean file's rows. findings: (rule, field, severity) that it gets itself."""

    contract: Contract
    name: str
    rows: tuple[Record, ...]
    reporting_units: dict[tuple[str, str | None], int]

    @property
    def periods(self) -> list[str]:
        return sorted({row.period for row in self.rows if row.period})


def clean_tables() -> list[str]:
    """Every clean workbook and CSV, as `<dataset>/<file>`."""
    return [
        f"{name}/{path.name}"
        for name, contract in contracts().items()
        if not contract.is_layer
        for path in sorted((SAMPLES / "clean" / name).glob("*"))
    ]


@cache
def source(file: str) -> Source:
    """The rows of a clean file, named as `<dataset>/<file>`."""
    return _source(contracts()[file.split("/")[0]], SAMPLES / "clean" / file)


def filled_source(contract: Contract) -> Source:
    """The rows of a form of a dataset, filled in, for one that no clean file is of."""
    form = form_of(contract, None, PERIODS[contract.period.grain])
    with tempfile.TemporaryDirectory() as folder:
        path = write_template(form, Path(folder) / form.file_name)
        fill_workbook(form, path, filled_rows(form, Random(contract.dataset)))
        return _source(contract, path)


def _source(contract: Contract, path: Path) -> Source:
    name = path.name
    rows = normalize_table(path, name, contract, "s1").table.to_pylist()
    by_row: dict[tuple[str | None, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_row[row["sheet"], row["row_no"]].append(row)
    wide = contract.layout.class_field if contract.layout.kind == "wide" else None
    if wide and len(by_row) == len(rows):  # a long sheet: its rows gathered to wide ones
        by_row = defaultdict(list)
        for row in rows:
            by_row[row["reporting_unit"], 0].append(row)
    records = []
    reporting_units: dict[tuple[str, str | None], int] = defaultdict(int)
    for rows in by_row.values():
        first = rows[0]
        reporting_units[first["reporting_unit"], first["period"]] += 1
        kept = [name for name in contract.columns if not wide or name not in (wide, contract.layout.value_field)]
        records.append(
            Record(
                first["period"],
                {name: _rounded(first[name]) for name in kept},
                {row[wide]: _rounded(row[str(contract.layout.value_field)]) for row in rows} if wide else {},
            )
        )
    return Source(contract, name, tuple(records), dict(reporting_units))


def _rounded(value: Any) -> Any:
    return round(value, PLACES) if isinstance(value, float) else value
