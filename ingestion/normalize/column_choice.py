"""Which of a table's columns stands for which field, one target a heading, and which of several under groups that say other times.
Called by `columns`.
"""

from contracts import Contract, FieldSpec, Finding, finding
from ingestion.normalize.headers import Target, is_subtotal, similar_target
from ingestion.normalize.heading_meaning import contradiction
from ingestion.normalize.layout import HeaderCell, TableLayout

SHORTEST_SIMILAR = 3
"""Letters of a heading that is matched by similarity: of two letters one that differs is half the word."""


def choose(
    table: TableLayout, contract: Contract, period: str | None
) -> tuple[list[tuple[HeaderCell, Target]], list[Finding]]:
    """The columns of a table with what each holds, and the questions on those under a group that contradicts it. period: the
    sheet's.
    """
    return _without_other_groups(_choose(table, contract), contract, period, table.sheet.name)


def field_of(target: Target, contract: Contract) -> FieldSpec:
    """The field whose values stand in a column: of a class its area."""
    return contract.fields[str(contract.layout.value_field) if target.role == "class" else target.field]


def _choose(table: TableLayout, contract: Contract) -> list[tuple[HeaderCell, Target]]:
    """One target a heading: the certain ones first, then those with a choice, then the similar ones."""
    certain = {head.column: head.targets[0] for head in table.header if len(head.targets) == 1}
    taken = {target.field for target in certain.values() if target.role != "class"}
    chosen = dict(certain)
    for head in table.header:
        if len(head.targets) > 1:
            target = next((target for target in head.targets if target.field not in taken), head.targets[0])
            chosen[head.column] = target
            taken.add(target.field)
    for head in table.header:
        if (
            head.targets
            or len(head.text) < SHORTEST_SIMILAR
            or head.text.isdecimal()
            or is_subtotal(head.text, head.group)
        ):
            continue
        similar = similar_target(head.text, contract, frozenset(taken))
        if similar and not contradiction(head.groups, contract.fields[similar.field], contract):
            chosen[head.column] = similar
            taken.add(similar.field)
    return [(head, chosen[head.column]) for head in table.header if head.column in chosen]


def _without_other_groups(
    chosen: list[tuple[HeaderCell, Target]], contract: Contract, period: str | None, sheet: str | None
) -> tuple[list[tuple[HeaderCell, Target]], list[Finding]]:
    """The columns without those under a group that says another time or a plan (上年同期) where the same field stands under
    none; a question on each where it does not.
    """
    groups = {
        head.column: contradiction(head.groups, field_of(one, contract), contract, period, is_class=one.role == "class")
        for head, one in chosen
    }
    plain = {(one.field, one.role, one.class_code) for head, one in chosen if groups[head.column] is None}
    kept, found = [], []
    for head, target in chosen:
        group = groups[head.column]
        if group is not None and (target.field, target.role, target.class_code) in plain:
            continue
        kept.append((head, target))
        if group is not None:
            found.append(
                finding(
                    "normalize.group_contradicts",
                    sheet=sheet,
                    cell=head.cell,
                    field=target.field,
                    title=head.shown,
                    found=group,
                    expected=field_of(target, contract).zh,
                )
            )
    return kept, found
