"""Whether a row has values of the kinds that a table's columns take. Called by `rows` and `other_tables`, to tell data from
notes and from other tables.
"""

from contracts import Contract, FieldSpec
from contracts.text import is_null_token
from ingestion.normalize.headers import is_heading, known_headings
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.townships import written_code
from ingestion.normalize.values import convert_cell
from ingestion.readers.cells import Cell, RawRow


class RowFit:
    """Which rows have values that fit a table's columns; columns of texts, which take anything, do not count."""

    def __init__(self, table: TableLayout, contract: Contract) -> None:
        self._columns: list[tuple[int, str, FieldSpec]] = []
        for head in table.header:
            for target in head.targets[:1]:
                name = str(contract.layout.value_field) if target.role == "class" else target.field
                field = contract.fields[name]
                if field.type not in ("text", "place", "period", "township_list"):
                    self._columns.append((head.column, target.class_code or name, field))
        self._required = {name for _, name, field in self._columns if field.required}
        self._contract, self._known = contract, known_headings(contract)

    def takes(self, row: RawRow) -> bool:
        """Whether at least half of the required values are of the right kind, and more than are of a wrong one."""
        right = {name for column, name, field in self._columns if field.required and _fits(row.at(column), field)}
        wrong = sum(
            not _is_nothing(row.at(column)) and not _fits(row.at(column), field) for column, _, field in self._columns
        )
        return 2 * len(right) >= len(self._required) and len(right) > wrong

    def is_heading(self, text: str) -> bool:
        """Whether a text is a heading of the report."""
        return is_heading(text, self._contract, self._known)

    def has_any(self, row: RawRow) -> bool:
        """Whether any value is of the right kind."""
        return any(_fits(row.at(column), field) for column, _, field in self._columns)


def _is_nothing(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and is_null_token(value))


def _fits(value: Cell, field: FieldSpec) -> bool:
    if value is None:
        return False
    if field.type == "township":
        return written_code(value).place is not None
    converted = convert_cell(value, field, None)
    return converted.value is not None and not converted.problems
