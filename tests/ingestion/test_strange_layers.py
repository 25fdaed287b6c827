"""Rightful layers whose attributes have names that no list has: each is read as it is
meant, told that some was not read, or asked about, and none wrongly.
`pytest -s` shows how many are asked about.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts import contracts
from ingestion.normalize.layer import normalize_layer
from tests.support.other_layouts.layers import SURVEYORS, clean_layers, normalized, rewrite

pytestmark = pytest.mark.slow  # writes and reads a hundred and fifty layers

FILES = {file.split("/")[0]: file for file in reversed(clean_layers())}  # the first of each dataset


def _others(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """What is read otherwise than it is meant: field and value; None where an attribute was not read."""
    return [
        (field, row[field])
        for row, meant in zip(rows, expected, strict=True)
        for field in meant
        if row[field] != meant[field]
    ]


def test_every_layer_is_read_or_asked_about_and_none_wrongly(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    asked, wrong = [], []
    for dataset, file in FILES.items():
        contract, original = contracts()[dataset], normalized(file)
        expected = original.table.select(["reporting_unit", "period", *contract.columns]).to_pylist()
        for number, (name, surveyor) in enumerate(SURVEYORS.items()):
            folder = tmp_path / f"{dataset}{number}"
            folder.mkdir()
            path = rewrite(file, replace(surveyor, names="strange"), folder)
            got = normalize_layer(path, f"{Path(file).stem}{path.suffix}", contract)
            held = [f"{item.rule_id} {item.cell}" for item in got.findings if item.severity == "error"]
            is_told = any(item.rule_id == "reading.columns_not_read" for item in got.findings)
            rows = got.table.select(["reporting_unit", "period", *contract.columns]).to_pylist()
            others = _others(rows, expected)
            is_wrong = not held and bool(others) and (not is_told or any(value is not None for _, value in others))
            counts["wrong" if is_wrong else "asked" if held else "read in part" if others else "read"] += 1
            if is_wrong:
                wrong.append(f"{dataset}, {name}: {sorted({str(one) for one in others})[:3]}")
            elif held:
                asked.append(f"{dataset}, {name}: {held}")
    print(f"\n{counts.total()} layers of {len(SURVEYORS)} offices: {dict(counts)}")
    print(*asked, sep="\n")
    assert len(SURVEYORS) >= 15 and counts.total() == len(SURVEYORS) * len(FILES)
    assert wrong == []
