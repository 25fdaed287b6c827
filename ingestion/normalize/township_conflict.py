"""Whether the townships of a table's rows are those that the lines, the title and the names around it say. Called by `table`."""

from collections.abc import Iterator

from contracts import Contract, Finding, finding
from contracts.places import Place, township_name
from ingestion.normalize.named_period import IN_COLUMN, IN_FILE_NAME, IN_MEMBER, IN_SHEET, IN_TITLE
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.sheet_metadata import SheetMetadata, township_keys
from ingestion.normalize.townships import township_in, written_code, written_name

OF_TOWNSHIPS = frozenset({"township", "project_township"})
"""Kinds of reporting units that are townships: in other reports a title's township may be that of a place or an office."""
IN_LINE = "填报单位"
Named = tuple[str, Place, str | None]
"""Where a township is named, which, and the cell, None where it stands in none."""


def check_townships(
    parsed_rows: list[ParsedRow],
    metadata: SheetMetadata,
    contract: Contract,
    sheet: str | None,
    file_name: str,
    member: str | None,
) -> list[Finding]:
    """The question which township it is, where a place around the table names one that no row is of."""
    if contract.reporting_unit.kind not in OF_TOWNSHIPS:
        return []
    name = next(name for name, field in contract.fields.items() if field.type == "township")
    of_rows = {str(row.values[name]) for row in parsed_rows if row.values.get(name)}
    named = list(_named(metadata, contract, sheet, file_name, member))
    other = next((one for one in named if of_rows and one[1].township_code not in of_rows), None)
    if other is None:
        return []
    taken = next((where for where, place, _ in named if place.township_code in of_rows), IN_COLUMN)
    where, place, cell = other
    found = f"{taken} {township_name(min(of_rows))}" if len(of_rows) == 1 else f"{IN_COLUMN} 的 {len(of_rows)} 个乡镇"
    return [
        finding(
            "normalize.township_conflict",
            sheet=sheet,
            cell=cell or next((cell for _, _, cell in named if cell), None),
            field=name,
            found=found,
            expected=f"{where} {place.township_name}",
        )
    ]


def _named(
    metadata: SheetMetadata, contract: Contract, sheet: str | None, file_name: str, member: str | None
) -> Iterator[Named]:
    """The townships that stand around a table, in the order in which they are trusted."""
    codes, names = (metadata.first(keys) for keys in township_keys(contract))
    if codes and (place := written_code(codes.text).place):
        yield IN_LINE, place, codes.cell
    if names and (place := written_name(names.text).place):
        yield IN_LINE, place, names.cell
    texts = [(IN_TITLE, title.text, title.cell) for title in metadata.titles]
    for where, name in ((IN_SHEET, sheet), (IN_FILE_NAME, file_name), (IN_MEMBER, member)):
        texts.append((where, name or "", None))
    for where, text, cell in texts:
        if place := township_in(text):
            yield where, place, cell
