"""docs/adding-a-rule.md, carried out in a copy of the project: one SQL file, one row of the catalogue and one case make a rule
that a file meets.
"""

import re
import shutil
from pathlib import Path

import pytest

from expectations.sql_rules import rules
from tests.support.carried_out import FILE, ROOMS, blocks, copied, run
from warehouse.home import CHECKOUT, Home

DOCUMENT = CHECKOUT / "docs" / "adding-a-rule.md"


@pytest.mark.slow
@pytest.mark.thorough
def test_an_sql_file_a_row_and_a_case_are_all_that_a_rule_needs(tmp_path: Path) -> None:
    project, home = copied(tmp_path, *ROOMS), Home(tmp_path / "home").ensure()
    for name in ("tests", "dags", "bench", "deploy", "samples"):
        shutil.copytree(
            CHECKOUT / name, project / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copyfile(CHECKOUT / "pyproject.toml", project / "pyproject.toml")
    printed = ""
    for kind, text in blocks(DOCUMENT):
        if found := FILE.match(text):
            (project / found["path"]).write_text(text[found.end() :], encoding="utf-8")
        elif kind == "sh":
            printed = run(project, home.root, text)
        else:
            missing = [line for line in text.splitlines() if line not in re.sub(r"\s+", " ", printed)]
            assert not missing, printed
    assert "rural_waste.coverage_jumps" not in {one.rule.rule_id for one in rules("rural_waste")}, (
        "here, all is as it was"
    )
