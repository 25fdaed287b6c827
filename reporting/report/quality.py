"""The report's sections of trust: sources of evidence that differ, who has not sent what, supervision that is open, and
the plan's own contradictions; and who let the build pass the gate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from contracts.persons import without_persons
from reporting.report import charts
from reporting.report.blocks import Block, Table
from reporting.report.source import Row, Source
from reporting.report.words import Words, shown

EVIDENCE, EXPECTED, INSPECTIONS, PLAN = (
    "mart_area_reconciliation",
    "mart_submission_status",
    "mart_supervision",
    "mart_plan_inconsistency",
)
LATEST = f"period = (select max(other.period) from {EVIDENCE} as other where other.reconciliation_code = {EVIDENCE}.reconciliation_code)"
DIFFERS_SHOWN = 20


@dataclass(frozen=True)
class LetThrough:
    """Somebody's decision that checks of the gate do not stop a build. checks: what each asks for, in Chinese and in English."""

    checks: tuple[tuple[str, str], ...]
    because: str
    decided_by: str
    decided_at: datetime


def evidence(source: Source, words: Words) -> Block:
    """The district's figures of every source side by side, and where they differ in a township."""
    rows = source.rows(
        EVIDENCE,
        f"{LATEST} and (area_level = 'district' or verdict = 'differs')",
        "verdict = 'differs' desc, area_level, reconciliation_code, area_code",
    )
    differs = source.total(f"select count(*) from {EVIDENCE} where verdict = 'differs' and {LATEST}")
    agree = source.total(f"select count(*) from {EVIDENCE} where verdict = 'agree' and {LATEST}")
    named = [Row({**row.values, "verdict": words(f"verdict_{row['verdict']}")}, row.mart) for row in rows]
    return Block(
        name="evidence",
        title=words("evidence"),
        sentence=words("evidence_say", differs=words.total(differs), agree=words.total(agree)),
        mart=EVIDENCE,
        command=f"warehouse query \"from {EVIDENCE} where verdict = 'differs'\"",
        table=Table(
            named,
            (
                "reconciliation_name",
                "area_name",
                "period",
                "measured_value",
                "accepted_value",
                "reported_value",
                "declared_value",
                "measure_unit",
                "difference",
                "verdict",
            ),
            DIFFERS_SHOWN,
        ),
        all_rows=source.rows(EVIDENCE),
    )


def let_through(words: Words, overrides: Sequence[LetThrough], is_public: bool) -> list[Markup]:
    """A sentence for each override by which the build is published; the public one names no persons."""
    return [
        words(
            "let_through_public" if is_public else "let_through",
            checks=words("semicolon").join(words.either(*check) for check in one.checks),
            by=one.decided_by,
            at=shown(one.decided_at, "decided_at"),
            because=without_persons(one.because, has_names=True) if is_public else one.because,
        )
        for one in overrides
    ]


def missing(source: Source, words: Words) -> Block:
    """The reports that are overdue: how many of each dataset, and from whom."""
    grouped = source.select(f"""
        select dataset, dataset_name, count(*) as reports, count(distinct reporting_unit) as senders, min(due_on) as oldest_due_on,
            string_agg(distinct unit_name, '、' order by unit_name) as units
        from {EXPECTED} where is_overdue group by all order by reports desc, dataset
    """)
    rows = [Row(one, None) for one in grouped]
    total = source.total(f"select count(*) from {EXPECTED} where is_overdue")
    day = source.total(f"select max(as_of_date) from {EXPECTED}")
    values = [
        {
            "name": row["dataset_name"],
            "value": row["reports"],
            "label": str(row["reports"]),
            "aria": f"{row['dataset_name']}: {row['reports']}",
        }
        for row in rows
    ]
    chart = [(charts.drawn(charts.ranking(values), words("missing")), words("missing_key"))] if rows else []
    return Block(
        name="missing",
        title=words("missing"),
        sentence=words("missing_say" if rows else "missing_none", count=words.total(total), day=words.total(day)),
        mart=EXPECTED,
        command="warehouse status --due",
        charts=chart,
        table=Table(rows, ("dataset_name", "reports", "oldest_due_on", "senders", "units")) if rows else None,
        all_rows=source.rows(EXPECTED, "is_overdue", "due_on, dataset, reporting_unit"),
    )


def supervision(source: Source, words: Words) -> Block:
    """What inspections found and is not yet mended, the longest overdue first."""
    open_ones = "status in ('open', 'overdue')"
    rows = source.rows(INSPECTIONS, open_ones, "days_overdue desc nulls last, rectify_due, inspection_no")
    count = source.total(f"select count(*) from {INSPECTIONS} where {open_ones}")
    overdue = source.total(f"select count(*) from {INSPECTIONS} where status = 'overdue'")
    of = source.total(f"select count(*) from {INSPECTIONS} where has_finding")
    return Block(
        name="supervision",
        title=words("supervision"),
        sentence=words(
            "supervision_say", count=words.total(count), overdue=words.total(overdue), found=words.total(of)
        ),
        mart=INSPECTIONS,
        command=f'warehouse query "from {INSPECTIONS} where {open_ones}"',
        table=Table(
            rows,
            (
                "inspection_no",
                "project_name",
                "township_name",
                "inspected_on",
                "finding",
                "severity",
                "responsible_unit",
                "rectify_due",
                "days_overdue",
                "status_zh",
            ),
        )
        if rows
        else None,
        all_rows=source.rows(INSPECTIONS),
    )


def plan(source: Source, words: Words) -> Block:
    """Where the plan's text contradicts itself, and the reading that was chosen."""
    rows = source.rows(PLAN, "not is_consistent", "number, inconsistency_code")
    count = source.total(f"select count(*) from {PLAN} where not is_consistent")
    topic = words.either("topic_zh", "topic_en")
    return Block(
        name="plan",
        title=words("plan"),
        sentence=words("plan_say", count=words.total(count)),
        mart=PLAN,
        command=f'warehouse query "from {PLAN} where not is_consistent"',
        table=Table(
            rows,
            (
                topic,
                "left_value",
                "relation",
                "right_value",
                "measure_unit",
                "reading_zh",
                "effect_of_reading",
                "effect_of_other",
                "effect_unit",
            ),
        )
        if rows
        else None,
        all_rows=rows,
    )
