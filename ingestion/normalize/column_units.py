"""Units that are said around a table, against those in which its columns are written. Called by `table` for each table of a
sheet.
"""

from contracts import Finding, finding
from ingestion.normalize.columns import Column
from ingestion.normalize.sheet_metadata import SheetMetadata

UNKNOWN = "normalize.unit_unknown"


def unit_contradictions(
    columns: list[Column], metadata: SheetMetadata, sheet: str | None, found: list[Finding]
) -> list[Finding]:
    """Questions on the units that the lines above the table or the notes below it name, where no column is written in them.
    found: what was found of the columns before; those whose unit is unknown are not asked about again.
    """
    unknown = {item.cell for item in found if item.rule_id == UNKNOWN}
    columns = [column for column in columns if column.cell not in unknown]
    return [*_against_lines(columns, metadata, sheet), *_against_notes(columns, metadata, sheet)]


def _against_lines(columns: list[Column], metadata: SheetMetadata, sheet: str | None) -> list[Finding]:
    """A question for each unit that the lines above the table declare and that no column of its kind is written in; of the
    file's name, which nobody reads as part of the table, a warning.
    """
    found = []
    rule = "normalize.unit_in_file_name" if metadata.are_of_file_name else "normalize.units_contradict"
    for measure_unit in metadata.measure_units:
        of_kind = [one for one in columns if one.measure_unit and one.measure_unit.kind == measure_unit.kind]
        written_in = list(dict.fromkeys(one.measure_unit for one in of_kind))
        if measure_unit.is_scaled and of_kind and not set(metadata.measure_units) & set(written_in):
            found.append(
                finding(
                    rule,
                    sheet=sheet,
                    cell=of_kind[0].cell,
                    field=of_kind[0].field.name,
                    title="、".join(dict.fromkeys(one.title for one in of_kind)),
                    found=measure_unit.zh,
                    expected="、".join(one.zh for one in written_in if one),
                )
            )
    return found


def _against_notes(columns: list[Column], metadata: SheetMetadata, sheet: str | None) -> list[Finding]:
    """A question for each unit that a note names and that no column of its kind is written in, where none of the notes
    names these columns' own.
    """
    found = []
    for measure_unit, note in metadata.note_units:
        written_in = {
            column.measure_unit: column
            for column in columns
            if column.measure_unit and column.measure_unit.kind == measure_unit.kind
        }
        others = {one for one, _ in metadata.note_units}
        if not written_in or measure_unit in written_in or others & set(written_in) or not measure_unit.is_scaled:
            continue
        found.append(
            finding(
                "normalize.unit_in_note",
                sheet=sheet,
                cell=note.cell,
                found=measure_unit.zh,
                expected="、".join(one.zh for one in written_in),
                title="、".join(list(dict.fromkeys(column.title for column in written_in.values()))),
                text=note.text.strip(),
            )
        )
    return found
