"""What is hashed of a row outlives the contract's changes."""

import duckdb
import pytest

from contracts import contract
from contracts.submission_table import content_columns, content_text, table_columns


def text(dataset: str, **values: object) -> str:
    """The text that is hashed of a row with these values, all else null."""
    rules = contract(dataset)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in table_columns(rules).items())
    with duckdb.connect() as con:
        con.execute(f"create table staged ({columns})")
        con.execute(
            f"insert into staged ({', '.join(values)}) values ({', '.join('?' * len(values))})", list(values.values())
        )
        [(found,)] = con.execute(f"select {content_text(rules)} from staged").fetchall()
    return str(found)


def test_a_field_that_came_later_leaves_the_text_of_rows_without_it_as_it_was() -> None:
    before = text("project_progress", project_id="A1", cum_consolidated_area_ha=3.5)
    later = [name for name, field in contract("project_progress").columns.items() if field.since]
    assert before.split("\x1f").count("\x00") == len(content_columns(contract("project_progress"))) - len(later) - 2
    assert not any(name in before for name in later)


@pytest.mark.parametrize("value", [0.0, 1.5])
def test_a_value_in_it_is_content(value: float) -> None:
    assert text("project_progress", project_id="A1", cum_output=value) == (
        text("project_progress", project_id="A1") + f"\x1ecum_output={value}"
    )


def test_a_code_that_was_renamed_is_hashed_as_before_and_others_as_they_are() -> None:
    renamed, before = (text("project_ledger", category=name) for name in ("农用地整治", "农用地整理"))
    assert renamed == before and "农用地整理" in renamed
    assert "矿山生态修复" in text("project_ledger", category="矿山生态修复")
