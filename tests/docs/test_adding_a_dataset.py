"""docs/adding-a-dataset.md, carried out in a copy of the project: a contract and a fixture bring a file
from the inbox to dbt, and what they bring can be published.
"""

from pathlib import Path

import pytest

from contracts import contracts
from tests.support.carried_out import FILE, ROOMS, blocks, copied, run
from warehouse.home import CHECKOUT

pytestmark = pytest.mark.slow

DOCUMENT = CHECKOUT / "docs" / "adding-a-dataset.md"


@pytest.mark.thorough
def test_a_contract_and_a_fixture_are_all_that_a_dataset_needs(tmp_path: Path) -> None:
    _carried_out(copied(tmp_path, *ROOMS), tmp_path / "home")


@pytest.mark.thorough
def test_a_dataset_that_was_added_is_published(tmp_path: Path) -> None:
    project, home = copied(tmp_path, *ROOMS), tmp_path / "home"
    _carried_out(project, home)
    published = run(project, home, "warehouse publish")
    assert '"is_new": true' in published, published
    again = run(project, home, "rm -r dbt_project/target dbt_project/logs; warehouse publish")
    assert "nothing changed" in again, "what dbt writes beside its sources is no part of the code"


def _carried_out(project: Path, home: Path) -> None:
    """Carry out the document in a copy of the project; what each command prints is what the document says."""
    written, printed = [], ""
    for kind, text in blocks(DOCUMENT, "## 4."):
        if found := FILE.match(text):
            path = project / found["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text[found.end() :], encoding="utf-8")
            written.append(found["path"])
        elif kind == "sh":
            printed = run(project, home, text)
        else:
            assert kind == "text"
            lines = iter(printed.splitlines())
            missing = [
                line for line in text.splitlines() if line not in lines
            ]  # each is there, after the one before it
            assert not missing, printed
    assert [path.split("/")[0] for path in written] == ["contracts", "tests"]
    assert "irrigation" not in contracts(), "the project itself is as it was"
    assert (project / "dbt_project" / "target").is_dir(), "dbt wrote where it does by default"
