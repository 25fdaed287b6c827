"""Every clean table, laid out anew in the ways of two dozen offices and at random, says the same: values, units,
periods, true addresses.

OTHER_LAYOUTS=all runs every file in every way, and a thousand layouts at random.
"""

import math
import os
from pathlib import Path
from typing import Any

import pytest

from contracts import Finding
from ingestion.normalize.result import NormalizedFile
from ingestion.normalize.table import normalize_table
from tests.support.other_layouts.files import write
from tests.support.other_layouts.lay_out import LaidOut, lay_out
from tests.support.other_layouts.office import HIDDEN, OFFICES, Layout, drawn
from tests.support.other_layouts.records import Source, clean_tables, source

pytestmark = pytest.mark.slow  # reads some three hundred files

FILES = clean_tables()
CLOSE = 1e-9
PLAIN = ("序号", "备注")  # columns of an office's own that nobody expects to be read
ALL = os.environ.get("OTHER_LAYOUTS") == "all"
EVERY = 5  # in the usual run each file in every fifth of the layouts, each layout with every fifth file
CASES = [
    (file, office)
    for number, file in enumerate(FILES)
    for place, office in enumerate(OFFICES)
    if ALL or (number + place) % EVERY == 0
]


def differences(original: Source, folder: Path, layout: Layout) -> list[str]:
    """How a file laid out otherwise reads otherwise than it was written."""
    laid = lay_out(original, layout)
    path = write(folder, laid.stem, laid.layout.kind, laid.sheets, laid.layout.is_1904)
    got = normalize_table(path, path.name, original.contract, "s1")
    shown = HIDDEN.get(laid.layout.hidden)
    complaints = [
        f"{item.rule_id} {item.sheet} {item.cell}: {item.message}"
        for item in got.findings
        if item.rule_id != shown and (item.severity != "info" or _is_odd(item, laid))
    ]
    sheets = [item.sheet for item in got.findings if item.rule_id == shown]
    if shown and sheets != list(dict.fromkeys(sheet for sheet, _ in laid.records)):
        complaints.append(f"{shown} on {sheets}")
    return complaints or _rows(original, laid, got)


def _is_odd(item: Finding, laid: LaidOut) -> bool:
    """Whether a note is not what the layout asks for."""
    layout = laid.layout
    expected = {
        "normalize.unit_missing": layout.unit_in == "not at all"
        or (layout.unit_in == "above" and layout.above == "nothing"),
        "normalize.township_code_resolved": layout.places == "old",
        "normalize.value_converted": layout.dates == "serial" or layout.numbers == "Chinese",
        "normalize.unit_in_cell": layout.numbers == "with a large unit",
        "reading.hidden_sheet": layout.beside == "hidden draft",
        "reading.columns_not_read": item.found == "、".join(f"“{name}”" for name in layout.extra if name not in PLAIN),
    }
    return not expected.get(item.rule_id, False)


def _rows(original: Source, laid: LaidOut, got: NormalizedFile) -> list[str]:
    wide = original.contract.layout.kind == "wide"
    reported = got.table.to_pylist()
    expected = []
    for sheet, row in laid.records:
        common = {"sheet": sheet, "period": row.period, **row.values}
        if not wide:
            expected.append((common, row.cells))
        for code, (heading, cell) in row.class_cells.items():
            own = {
                str(original.contract.layout.class_field): code,
                str(original.contract.layout.value_field): row.classes[code],
            }
            where = {
                str(original.contract.layout.class_field): heading,
                str(original.contract.layout.value_field): cell,
            }
            expected.append((common | own, row.cells | where))
    if (got.rows_read, got.rows_control) != (len(laid.records) + laid.control, laid.control):
        return [
            f"read {got.rows_read}, of them control {got.rows_control}; expected {len(laid.records)} + {laid.control}"
        ]
    if len(reported) != len(expected):
        return [f"{len(reported)} rows, expected {len(expected)}"]
    wrong = []
    for (values, cells), row in zip(expected, reported, strict=True):
        wrong += [
            f"{name}: {row[name]!r}, expected {value!r}"
            for name, value in values.items()
            if not _same(row[name], value)
        ]
        where = dict(row["cells"])
        wrong += [
            f"{name} at {where.get(name)}, expected {cell}" for name, cell in cells.items() if where.get(name) != cell
        ]
    return wrong


def _same(one: Any, other: Any) -> bool:
    return (
        math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
        if isinstance(one, float) and isinstance(other, float)
        else one == other
    )


@pytest.mark.parametrize(("file", "office"), CASES)
def test_an_offices_layout_changes_nothing(file: str, office: str, tmp_path: Path) -> None:
    assert differences(source(file), tmp_path, OFFICES[office]) == []


@pytest.mark.parametrize("seed", range(1000 if ALL else 40))
def test_a_layout_at_random_changes_nothing(seed: int, tmp_path: Path) -> None:
    layout = drawn(seed)
    assert differences(source(FILES[seed % len(FILES)]), tmp_path, layout) == [], layout.differs()
