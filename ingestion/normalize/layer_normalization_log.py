"""The log of repairs of a layer: an entry for each way in which an attribute is written otherwise, and one for the
layer's position.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from contracts import FieldSpec
from contracts.normalization_log import GEOMETRY
from contracts.places import Place
from ingestion.normalize.conversion_kinds import IN_TEXT_FILES, conversion_of_township
from ingestion.normalize.layer_distinct import Distinct
from ingestion.normalize.layer_position import Placed
from ingestion.normalize.normalization_log import AT_ONCE, as_stored, columnar
from ingestion.normalize.values import as_typed
from ingestion.readers.layer import RawLayer

NONE = -1


class LayerNormalizationLog:
    """Takes the repairs of one attribute after the other. Alike features are counted, never visited one by one: there
    may be a million.

    A part of the log is entries without their features, and the numbers of these from 0.
    """

    def __init__(self, raw: RawLayer) -> None:
        self._raw = raw
        self._parts: list[tuple[pa.Table, pa.Array]] = []

    def take(
        self, attribute: str, field: FieldSpec, found: Distinct, taken: Sequence[Any], kinds: Sequence[str | None]
    ) -> None:
        """Repairs of an attribute. taken, kinds: of each distinct value, as what it is stored and how it was repaired,
        if it was.
        """
        self._fold(attribute, field, found.values, taken, kinds, found.at.to_numpy(zero_copy_only=False))

    def take_townships(
        self,
        attribute: str,
        field: FieldSpec,
        found: Distinct,
        place_of: Callable[[Any], Place | None],
        stored: pa.Array,
    ) -> None:
        """Townships that an attribute writes otherwise.

        stored: of each feature; where it is another than this attribute's, the two that name it disagree, which is a
        finding.
        """
        places = [None if value is None else place_of(value) for value in found.values]
        taken = [place and place.township_code for place in places]
        kinds = [
            conversion_of_township(as_typed(value), place) if place else None
            for value, place in zip(found.values, places, strict=True)
        ]
        is_stored = pc.fill_null(pc.equal(stored, pa.array(taken, pa.string()).take(found.at)), False)
        at = np.where(is_stored.to_numpy(zero_copy_only=False), found.at.to_numpy(zero_copy_only=False), NONE)
        self._fold(attribute, field, found.values, taken, kinds, at)

    def table(self, placed: Placed, features: pa.Array) -> pa.Table:
        """All entries, the position's first. features: id of each, null where it has none."""
        parts = [columnar([])]
        if placed.converted and (count := int((~shapely.is_missing(placed.geometries)).sum())):
            parts.append(columnar([(self._raw.name, None, GEOMETRY, "reprojected", *placed.converted, count, None)]))
        for entries, rows in self._parts:
            ids = pc.coalesce(features.take(rows), pc.add(rows, 1).cast(pa.string()))
            parts.append(entries.set_column(entries.schema.get_field_index("feature"), "feature", ids))
        return pa.concat_tables(parts)

    def _fold(
        self,
        attribute: str,
        field: FieldSpec,
        values: Sequence[Any],
        taken: Sequence[Any],
        kinds: Sequence[str | None],
        at: NDArray[np.integer[Any]],
    ) -> None:
        """Entries of an attribute in the order of their first features. at: of each feature, the place of its value, or
        NONE.
        """
        plain, of_type = self._plain_kinds(attribute), dict[str, int]()
        entry_of = np.full(len(values) + 1, NONE)  # the last, at NONE, is that of no value
        for number, kind in enumerate(kinds):
            if kind and kind not in plain:
                entry_of[number] = of_type.setdefault(kind, number) if kind in IN_TEXT_FILES else number
        entries = entry_of[at]
        rows = np.flatnonzero(entries != NONE)
        _, first, count = np.unique(entries[rows], return_index=True, return_counts=True)
        order = np.argsort(first)
        rows, count = rows[first[order]], count[order]
        place = self._raw.name, attribute, field.name
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            made = [
                (*place, kinds[number], as_typed(values[number]), as_stored(taken[number], field), cells, None)
                for number, cells in zip(at[some].tolist(), count[start : start + AT_ONCE].tolist(), strict=True)
            ]
            self._parts.append((columnar(made), pa.array(some)))

    def _plain_kinds(self, attribute: str) -> frozenset[str]:
        """Kinds that are plain typing in an attribute: all is text where values of different types stand in JSON, and
        JSON has no dates.
        """
        if isinstance(self._raw.attributes.schema.field(attribute).type, pa.BaseExtensionType):
            return IN_TEXT_FILES
        return frozenset() if self._raw.has_dates else frozenset({"text_date"})
