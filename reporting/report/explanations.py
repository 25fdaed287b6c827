"""The report's explanations: what each target's figure is made of, by township, by submission, and its largest cells; and
the metadata of the indicator.
"""

from dataclasses import dataclass

from markupsafe import Markup

from contracts import contract
from reporting.report.blocks import Block, Table
from reporting.report.source import Row, Source
from reporting.report.targets import Indicator
from reporting.report.words import Words

LINEAGE = "mart_target_lineage"
CELLS_SHOWN = 8


@dataclass(frozen=True)
class Explanation:
    """One indicator's: metadata as pairs of a heading and words, its townships, its submissions (lines of words), and
    the block of its cells.
    """

    indicator: Indicator
    metadata: list[tuple[str, Markup]]
    townships: Table
    submissions: list[tuple[Markup, Markup, Markup, Markup]]
    cells: Block


def of_indicator(source: Source, words: Words, one: Indicator) -> Explanation:
    """What the district's figure of an indicator is made of."""
    area, period = one.any["area_code"], one.period
    own = f"indicator_code = '{one.code}' and area_code = '{area}' and period = '{period}'"
    leaves = source.rows(LINEAGE, own, "role desc, abs(amount) desc, submission_id, reporting_unit, cell, feature")
    townships = source.rows(
        "mart_indicator_township",
        f"indicator_code = '{one.code}' and period = '{period}' and not is_part",
        "value desc nulls last, area_code",
    )
    has_denominator = bool(one.registered["denominator_measures"])
    columns = ("area_name", "numerator", *(["denominator"] if has_denominator else []), "value")
    cells = Block(
        name=f"explain_{one.code}",
        title=words("cells"),
        sentence=words("cells_say", count=len(leaves)),
        mart=LINEAGE,
        command=f"warehouse explain {one.code} --written",
        table=Table(
            leaves,
            ("role", "file_name", "sheet", "cell", "feature", "reported_value", "measure_unit", "amount"),
            CELLS_SHOWN,
        )
        if leaves
        else None,
        all_rows=leaves,
    )
    return Explanation(
        one, _metadata(source, words, one, own), Table(townships, columns), _submissions(source, words, own), cells
    )


def _submissions(source: Source, words: Words, own: str) -> list[tuple[Markup, Markup, Markup, Markup]]:
    """Role, file and sender, moment of receipt, and amount of each submission in the figure."""
    groups = source.select(f"""
        select role, submission_id, any_value(amount_unit) as amount_unit, sum(amount) as amount
        from {LINEAGE} where {own} group by all order by role desc, amount desc, submission_id
    """)
    sent = {row["submission_id"]: row for row in source.rows("mart_submission")}
    lines = []
    for one in groups:
        where = f"{own} and role = '{one['role']}' and submission_id = '{one['submission_id']}'"
        amount = source.total(f"select sum(amount) from {LINEAGE} where {where}")
        row = sent[one["submission_id"]]
        file = words("file_of", file=row["file_name"], sender=row["sender"] or words("unknown_sender"))
        figure = Markup("{} {}").format(words.total(amount, "amount"), words.measure_unit(one["amount_unit"]))
        lines.append((words(one["role"]), file, words.cell(row, "received_at"), figure))
    return lines


def _metadata(source: Source, words: Words, one: Indicator, own: str) -> list[tuple[str, Markup]]:
    """Definition, formula, source, period and revisions of an indicator."""
    made_of = source.rows(
        "bridge_indicator_measure", f"indicator_code = '{one.code}' and source = '{one.any['source']}'"
    )
    formula = {
        role: " + ".join(
            f"{words.name_of('measure', 'measure_code', row['measure_code'])} ({words.measure_unit(row['role_unit'])})"
            for row in made_of
            if row["role"] == role
        )
        for role in ("numerator", "denominator")
    }
    written = f"Σ {formula['numerator']}" + (f" ÷ Σ {formula['denominator']}" if formula["denominator"] else "")
    revised = source.total(
        f"select count(*) from mart_revision where figure = 'indicator' and {own} and change_kind = 'changed'".replace(
            "indicator_code", "code"
        )
    )
    titles = [contract(dataset).title for dataset in dict.fromkeys(row["dataset"] for row in made_of)]
    datasets = [str(words.either(title.zh, title.en)) for title in titles]
    row = one.any
    since = one.registered["counted_from"]
    pairs: list[tuple[str, Markup]] = [
        (
            "definition",
            words(
                f"aggregation_{one.registered['aggregation']}",
                since=since or "",
                measure_unit=words.measure_unit(row["unit"]),
            ),
        ),
        ("formula", Markup("{}").format(written)),
        ("source_of", words("source_says", source=words("comma").join(datasets), through=row["data_through"] or "")),
        (
            "judged",
            words("judged_says", grain=words(f"grain_{one.registered['judged_by']}"), period=one.period),
        ),
        ("sure", words("sure_says", share=words.figure(row, "allocated_pct"), age=words.figure(row, "data_age_days"))),
        ("revisions", words("revisions_say", count=words.total(revised))),
    ]
    return [(str(words(name)), text) for name, text in pairs]


def explained(row: Row) -> str:
    """The anchor of the explanation of a target's row."""
    return f"explain-{row['indicator_code']}"
