"""What a column holds by what stands in it, and by a heading that no list has but that says the same: for columns whose
heading is not declared. Called by `sheet_tables` for each table, `headings_by_content` where hardly a heading is known.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contracts import Contract, FieldSpec, code_lists
from contracts.text import heading_key, is_null_token, without_blanks
from ingestion.normalize.english_headings import english_targets
from ingestion.normalize.headers import Target, is_subtotal, known_headings
from ingestion.normalize.heading_meaning import contradiction, says_more, says_other, words_of
from ingestion.normalize.layout import HEADER_DEPTH, HeaderCell, TableLayout, header_cells, table_under
from ingestion.normalize.numbers import NotANumber, canonical_unit, parse_number
from ingestion.normalize.row_labels import CODE, TOTAL
from ingestion.normalize.townships import place_named, written_code, written_name, written_together
from ingestion.normalize.values import convert_cell, event_number
from ingestion.readers.cells import Cell, RawRow, RawSheet, a1

MOST_LOOKED_AT = (
    200  # values of a column by which it is known: a district's report has fewer rows, a register's first tell
)
LEAST_VALUES = 2  # of a column: of a single one only a township or a project is known
PLAIN = 0.8  # of a column's values are of a kind: then that is what it holds; the rest are faults, labels, blanks
LEAST_FOUND = 3  # columns known by content that make a row above them the headings of a table
CHINESE_RUN, DIGIT_RUN, LETTER_RUN = re.compile(r"[一-鿿]+"), re.compile(r"\d+"), re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class _Column:
    """A column without a known heading: its heading cell, and its values."""

    head: HeaderCell
    values: Sequence[Cell]


def known_by_content(table: TableLayout, contract: Contract) -> list[HeaderCell]:
    """The heading cells of a table, those without a target with the field that their column plainly holds.

    A column is known where its values are of one kind that a field without a column takes and no other field takes as
    well, or where its heading says the same as a field's in other words and its values are of that kind.
    """
    columns = _unknown_columns(table, contract)
    if not columns:
        return table.header
    found = _by_values(columns, table, contract)
    found |= _by_words([one for one in columns if one.head.column not in found], found, table, contract)
    found |= _in_english([one for one in columns if one.head.column not in found], found, table, contract)
    others = {one.head.column: one.head for one in columns if one.head.column in found}
    heads = {head.column: head for head in table.header} | others
    return [
        replace(head, targets=(found[number],)) if number in found else head for number, head in sorted(heads.items())
    ]


def headings_by_content(sheet: RawSheet, rows: list[RawRow], contract: Contract, searched: int) -> TableLayout | None:
    """The table whose headings stand among the first rows, as many as are searched, where they are none that the contract
    declares: the row below which most columns are known by what stands in them. None for a mere list of codes, as forms
    have one beside the report.
    """
    best: TableLayout | None = None
    known, most = known_headings(contract), LEAST_FOUND - 1
    for start in range(min(len(rows) - 1, searched)):
        for depth in range(1, min(HEADER_DEPTH, len(rows) - start - 1) + 1):
            block = rows[start : start + depth]
            if not all(isinstance(value, str | None) for row in block for value in row.values):
                break
            if depth > 1 and len(block[0].values) - block[0].values.count(None) == 1:  # a title
                break
            if sum(value is not None for value in block[-1].values) <= most:
                continue
            table = table_under(
                sheet, header_cells(sheet, block, contract, known), rows[:start], block, rows[start + depth :]
            )
            table.header = known_by_content(table, contract)
            if table.matches > most and _reports(table, contract):
                best, most = table, table.matches
    return best


def _reports(table: TableLayout, contract: Contract) -> bool:
    """Whether a table has what a row of the report cannot do without: a field by which its unit is known, but the township,
    which may stand above; and a figure, where the report requires any.
    """
    targets = {target.field for head in table.header for target in head.targets[:1]}
    is_wide = any(target.role == "class" for head in table.header for target in head.targets)
    keys = {name for name in contract.reporting_unit.fields if contract.fields[name].type != "township"}
    figures = {name for name, field in contract.fields.items() if field.required and field.is_numeric}
    return keys <= targets and (not figures or is_wide or not figures.isdisjoint(targets))


def _unknown_columns(table: TableLayout, contract: Contract) -> list[_Column]:
    heads = {head.column: head for head in table.header}
    width = max((len(row.values) for row in table.below[:MOST_LOOKED_AT]), default=0)
    columns = []
    for number in range(1, width + 1):
        head = heads.get(number) or HeaderCell(number, a1(table.first_row, number), "", "", None, None, None, ())
        if head.targets or (contract.layout.kind == "wide" and is_subtotal(head.text, head.group)):
            continue
        values = [
            value
            for row in table.below[:MOST_LOOKED_AT]
            if (value := row.at(number)) is not None and not _says_nothing(value)
        ]
        if values:
            columns.append(_Column(head, values))
    return columns


def _says_nothing(value: Cell) -> bool:
    """Whether a cell is a total's label, or says that there is nothing."""
    return isinstance(value, str) and (is_null_token(value) or TOTAL.match(without_blanks(value)) is not None)


def _by_values(columns: Sequence[_Column], table: TableLayout, contract: Contract) -> dict[int, Target]:
    """Columns whose values say what they are: townships, projects, codes of a list, document numbers, the only dates."""
    taken: set[tuple[str, str]] = {(target.field, target.role) for head in table.header for target in head.targets[:1]}
    found: dict[int, Target] = {}
    if field := _field_of(contract, "township"):
        for role in ("value", "name"):
            named = [one for one in columns if _township_role(one) == role]
            if named and (field.name, role) not in taken:
                target = _target(field, role, named[0].head, contract)
                differ = any(one.values != named[0].values for one in named[1:])
                found[named[0].head.column] = replace(target, odd=target.odd or differ)
                taken.add((field.name, role))
    if (field := _field_of(contract, "project")) and (field.name, "value") not in taken:
        named = [
            one for one in columns if share_taken(one.values, field) >= PLAIN and _names_projects(one.values, field)
        ]
        if len(named) == 1:  # of a project's number and its part's the values do not say which is which
            found[named[0].head.column] = _target(field, "value", named[0].head, contract)
            taken.add((field.name, "value"))
    left = [one for one in columns if one.head.column not in found]
    open_fields = [
        field
        for field in contract.fields.values()
        if (field.name, "value") not in taken and field.type not in ("township", "project", "period", "text", "place")
    ]
    for field in open_fields:
        if field.is_numeric:
            continue
        rivals = [other for other in open_fields if other is not field and _alike(other, field)]
        fitting = [one for one in left if len(one.values) >= LEAST_VALUES and share_taken(one.values, field) >= PLAIN]
        if len(fitting) == 1 and not rivals and _is_telling(fitting[0].values, field):
            found[fitting[0].head.column] = _target(field, "value", fitting[0].head, contract)
            left.remove(fitting[0])
    return found | _event_numbers(left, taken, contract)


def _event_numbers(columns: Sequence[_Column], taken: set[tuple[str, str]], contract: Contract) -> dict[int, Target]:
    """The column of document numbers: written as the field's example is, and each once."""
    if contract.reporting_unit.kind != "event":
        return {}
    field = contract.fields[contract.reporting_unit.fields[0]]
    if (field.name, "value") in taken or not isinstance(field.example, str):
        return {}
    shape = _shape(field.example)
    fitting = [
        one
        for one in columns
        if len({str(value) for value in one.values}) >= PLAIN * len(one.values)
        and sum(_shape(str(value)) == shape for value in one.values) >= PLAIN * len(one.values)
    ]
    return {fitting[0].head.column: _target(field, "value", fitting[0].head, contract)} if len(fitting) == 1 else {}


def _shape(text: str) -> str:
    """上农验〔2023〕1号 → 字〔0〕0字: how a number is composed."""
    text = event_number(text)
    return LETTER_RUN.sub("A", DIGIT_RUN.sub("0", CHINESE_RUN.sub("字", text)))


def _by_words(
    columns: Sequence[_Column], found: dict[int, Target], table: TableLayout, contract: Contract
) -> dict[int, Target]:
    """Columns whose heading says the same as a field's, in other words, and no more, and whose values are of the field's kind."""
    from rapidfuzz import fuzz

    taken = {target.field for head in table.header for target in head.targets[:1] if target.role == "value"}
    taken |= {target.field for target in found.values() if target.role == "value"}
    pairs: list[tuple[_Column, FieldSpec, str]] = []
    for column in columns:
        written = [" ".join(filter(None, (column.head.group, column.head.text))), column.head.text]
        for field in contract.fields.values():
            if field.name in taken or field.type in ("township", "period"):
                continue
            if contradiction(column.head.groups, field, contract):
                continue
            said = [text for text in written if not says_more(text, field, contract.period.grain)]
            like = next(
                (heading for heading in field.headers if any(_says_the_same(text, heading) for text in said)), None
            )
            if like and unit_fits(column.head, field) and share_taken(column.values, field) >= PLAIN:
                pairs.append((column, field, like))
    matched: dict[int, Target] = {}
    for column, field, like in pairs:
        is_only = sum(one is column for one, _, _ in pairs) == 1 and sum(one is field for _, one, _ in pairs) == 1
        if is_only:
            score = fuzz.ratio(column.head.text, heading_key(like))
            matched[column.head.column] = Target(field.name, score=score, matched=heading_key(like), by="similar")
    return matched


def _in_english(
    columns: Sequence[_Column], found: dict[int, Target], table: TableLayout, contract: Contract
) -> dict[int, Target]:
    """Columns whose heading has the words of a field's English title, and whose values and unit are of the field's kind."""
    taken = {target.field for head in table.header for target in head.targets[:1] if target.role == "value"}
    taken |= {target.field for target in found.values() if target.role == "value"}
    by_number = {one.head.column: one for one in columns if one.head.text}
    fields = [
        field
        for field in contract.fields.values()
        if field.name not in taken and field.type not in ("township", "period")
    ]
    named = english_targets({number: one.head.text for number, one in by_number.items()}, fields)
    return {
        number: target
        for number, target in named.items()
        if unit_fits(by_number[number].head, field := contract.fields[target.field])
        and share_taken(by_number[number].values, field) >= PLAIN
        and contradiction(by_number[number].head.groups, field, contract) is None
    }


def _says_the_same(written: str, heading: str) -> bool:
    """Whether a heading has the words of a field's own that say what is measured; has that none (指标值), it whole."""
    words = words_of(heading)
    return words == words_of(written) and (bool(words) or heading_key(heading) in heading_key(written))


def unit_fits(head: HeaderCell, field: FieldSpec) -> bool:
    """Whether the unit in a heading, if it has any, is of a field's kind."""
    own = canonical_unit(field)
    if head.measure_unit is None:
        return head.odd_unit is None
    return own is not None and own.kind == head.measure_unit.kind


def _field_of(contract: Contract, kind: str) -> FieldSpec | None:
    return next((field for field in contract.fields.values() if field.type == kind), None)


def _target(field: FieldSpec, role: str, head: HeaderCell, contract: Contract) -> Target:
    """A field that a column's values tell; odd where its heading says something else."""
    odd = says_other(head.text, field) or contradiction(head.groups, field, contract) is not None
    return Target(field.name, role="name" if role == "name" else "value", by="content", odd=odd)


def _township_role(column: _Column) -> str | None:
    """Whether a column names townships by their codes or by both (value), or by their names (name)."""
    values = column.values
    codes = sum(written_code(value).place is not None or written_together(value) is not None for value in values)
    if codes < PLAIN * len(values):
        return None
    names = sum(
        isinstance(value, str) and not CODE.search(value) and place_named(value) is not None for value in values
    )
    return "name" if names >= PLAIN * len(values) else "value"


def _names_projects(values: Iterable[Cell], field: FieldSpec) -> bool:
    return any(convert_cell(value, field, None).problems == () for value in values)


def share_taken(values: Sequence[Cell], field: FieldSpec) -> float:
    """Which part of some values a field takes."""
    return sum(_takes(value, field) for value in values) / len(values)


def _takes(value: Cell, field: FieldSpec) -> bool:
    if field.is_numeric:
        try:
            return parse_number(value) is not None
        except NotANumber:
            return False
    if field.type == "text":
        return isinstance(value, str) and not value.strip().replace(".", "").isdecimal()
    if field.type == "township":
        return written_name(value).place is not None
    converted = convert_cell(value, field, None)
    return converted.value is not None and not converted.problems


def _alike(one: FieldSpec, other: FieldSpec) -> bool:
    """Whether two fields take the same values: then the values do not say of which they are."""
    if one.list or other.list:
        return one.list == other.list
    return {one.type, other.type} <= {"date", "month"}


def _is_telling(values: Sequence[Cell], field: FieldSpec) -> bool:
    """Whether values of a list say which list it is: yes and no, or mere digits, are in many."""
    if field.list is None:
        return True
    codes = code_lists()[field.list]
    words = {without_blanks(str(value)) for value in values}
    return field.type != "boolean" and any(not word.isdecimal() for word in words) and len(codes.values) > 1
