"""Which marts are compared between two builds, by which columns, and what each of these is made of: diff_columns.yml, read
for pipeline.build.revisions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class DiffedMart:
    """A mart that is compared row by row, column by column.

    key: columns that identify a row; area, period: columns that are shown as such, '' where there is none.
    figures: what they are made of (datasets), with the columns.
    sent_in: the mart, and the columns in it, that name a row's submissions, found by what of the key it has; sent_as:
    datasets of these.
    by_indicator: the facts behind indicator_code say who changed it.
    is_summed: rows of one key are added up, where the mart numbers its rows anew in each build.
    """

    mart: str
    key: tuple[str, ...]
    figures: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    area: str = ""
    period: str = ""
    sent_in: tuple[str, ...] = ()
    sent_as: tuple[str, ...] = ()
    by_indicator: bool = False
    is_summed: bool = False

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Diff column to the datasets that it is made of."""
        return {name: made_of for made_of, names in self.figures for name in names}

    @property
    def item(self) -> tuple[str, ...]:
        """What of the key is shown neither as area nor as period."""
        return tuple(name for name in self.key if name not in (self.area, self.period))


def _datasets(names: Sequence[str], groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name in names:
        yield from groups.get(name, (name,))


def _groups(declared: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Name of a group to its datasets; a group may name others before it."""
    groups: dict[str, tuple[str, ...]] = {}
    for name, members in declared.items():
        groups[name] = tuple(_datasets(members, groups))
    return groups


def _diffed_mart(mart: str, declared: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]]) -> DiffedMart:
    sent_in = declared.get("sent_in")
    return DiffedMart(
        mart,
        tuple(declared["key"]),
        tuple((tuple(_datasets(one["made_of"], groups)), tuple(one["columns"])) for one in declared["figures"]),
        declared.get("area", ""),
        declared.get("period", ""),
        (sent_in["mart"], *sent_in["columns"]) if sent_in else (),
        tuple(declared.get("sent_as", ())),
        declared.get("by_indicator", False),
        declared.get("is_summed", False),
    )


_DECLARED = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
DATASET_GROUPS = _groups(_DECLARED["dataset_groups"])
AREA_LAYERS = DATASET_GROUPS["area_layers"]
"""Layers that move what others report from one area to another."""
EVENT_WITNESSES = DATASET_GROUPS["event_witnesses"]
"""Reports that say up to which month events have come; see dbt's int_event_reach."""
DIFFED_MARTS = tuple(_diffed_mart(mart, declared, DATASET_GROUPS) for mart, declared in _DECLARED["marts"].items())
FORMER_MARTS: Mapping[str, str] = _DECLARED["former_marts"]
"""Mart of a build published before it was renamed, to its present name."""
FORMER_COLUMNS: Mapping[str, Mapping[str, str]] = _DECLARED["former_columns"]
"""Of a mart: column of a build published before it was renamed, to its present name."""
FORMER_SENTINELS: Mapping[str, Mapping[str, str]] = _DECLARED["former_sentinels"]
"""Of a mart: column to the text that stood there, in builds published before, for what is null now."""
