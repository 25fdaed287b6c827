"""The reading record of a layer: which attribute was read as which field, and what was left out. Called by `layer`."""

import re

from contracts import Contract, Finding, finding
from contracts.reading_record import ColumnReading, ColumnRecord, RowRange, SheetRecord
from ingestion.normalize.layer_period import period_of_attribute
from ingestion.normalize.layer_values import attributes_named, plain_values
from ingestion.normalize.personal_data import PERSONAL_NUMBER, holds_personal_numbers
from ingestion.readers.layer import RawLayer

PLAIN_ATTRIBUTES = re.compile(r"(?:fid|objectid|ogc_fid|gid|id|shape_le\w*|shape_area|bz|备注)(?:_\d+)?", re.IGNORECASE)
"""Attributes that programs add by themselves, and remarks: nobody expects them to be stored."""
SHOWN = 8  # attributes that a message names


def layer_record(raw: RawLayer, contract: Contract) -> tuple[SheetRecord, list[Finding]]:
    """The record of a layer, and findings on attributes with values that no field takes, on those of them with identity
    numbers of persons, and on records of a Shapefile that are marked as deleted.
    """
    read: dict[str, tuple[str, ColumnReading]] = {}
    for name, spec in contract.columns.items():
        readings: tuple[tuple[tuple[str, ...], ColumnReading], ...] = (
            (spec.headers, "heading"),
            (spec.name_headers, "name"),
        )
        for headings, by in readings:
            for attribute in attributes_named(raw, headings)[:1]:
                read.setdefault(attribute, (name, by))
    if contract.period.where == "file" and (named := period_of_attribute(raw, contract.period.grain)):
        read.setdefault(named[0], ("period", "heading"))
    columns = [
        ColumnRecord(one, one, _by(one, raw, read[one][1]), read[one][0], 100, _unit(one, raw))
        if one in read
        else ColumnRecord(one, one, "ignored")
        for one in raw.attributes.column_names
    ]
    record = SheetRecord(raw.title, rows=(RowRange("data", 1, raw.attributes.num_rows),), columns=tuple(columns))
    found = [finding("reading.deleted_rows", sheet=raw.name, count=raw.deleted)] if raw.deleted else []
    left = [
        one.heading
        for one in columns
        if one.field is None
        and not PLAIN_ATTRIBUTES.fullmatch(one.heading)
        and raw.attributes[one.heading].null_count < raw.attributes.num_rows
        and not any(one.heading in attributes_named(raw, spec.headers) for spec in contract.columns.values())
    ]
    if left:
        shown = "、".join(f"“{name}”" for name in left[:SHOWN]) + ("…" if len(left) > SHOWN else "")
        found.append(finding("reading.columns_not_read", sheet=raw.name, cell=left[0], found=shown, count=len(left)))
    unread = [one.heading for one in columns if one.field is None]
    found += [
        finding(PERSONAL_NUMBER, sheet=raw.name, cell=one, title=one)
        for one in unread
        if holds_personal_numbers(plain_values(raw.attributes[one]))
    ]
    return record, found


def _by(attribute: str, raw: RawLayer, by: ColumnReading) -> ColumnReading:
    """How an attribute is known: by what stands in it, unless its name is a heading of the contract with a unit behind it."""
    return "content" if attribute in raw.aliases and raw.aliases[attribute] not in attribute else by


def _unit(attribute: str, raw: RawLayer) -> str | None:
    return raw.measure_units[attribute].zh if attribute in raw.measure_units else None
