"""The fingerprint of the code: it changes with whatever determines a build, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from dev.rooms_picture import imported_modules
from pipeline.build.code_version import BESIDE, MADE_BY, code_files, code_version
from warehouse.home import CHECKOUT, packages

DETERMINES = (
    "contracts/ecology.yml",
    "spatial/area.py",
    "warehouse/sync.py",
    "reporting/maps.yml",
    "expectations/gate.py",
    "expectations/marts/new.sql",
    "pipeline/build/run.py",
    "dbt_project/models/marts/new.sql",
    "dbt_project/macros/new.sql",
    "dbt_project/seeds/indicator.csv",
    "requirements.lock",
)
DOES_NOT = (
    "dbt_project/target/compiled/a.sql",
    "dbt_project/logs/dbt.log",
    "dbt_project/dbt_packages/a/a.sql",
    "warehouse/__pycache__/sync.cpython-311.pyc",
    "contracts/.ecology.yml.swp",
    "cli/main.py",
    "orchestration/settings.py",
    "ingestion/inbox.py",
    "expectations/rules/ecology/new.sql",
    "docs/method.md",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of all that determines a build."""
    for name in MADE_BY:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (CHECKOUT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "target", "logs", "dbt_packages")
            shutil.copytree(CHECKOUT / name, target, ignore=ignored)
        else:
            shutil.copyfile(CHECKOUT / name, target)
    return tmp_path


def test_it_changes_with_what_determines_a_build_and_with_nothing_else(project: Path) -> None:
    before = code_version(project)
    assert before == code_version(CHECKOUT), "where the checkout lies does not matter"
    for name in (*DETERMINES, *DOES_NOT):
        path = project / name
        content = path.read_bytes() if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((content or b"") + b"\n")
        assert (code_version(project) != before) == (name in DETERMINES), name
        path.unlink() if content is None else path.write_bytes(content)
        assert code_version(project) == before, name


def test_a_part_that_is_missing_is_an_error(project: Path) -> None:
    (project / "requirements.lock").unlink()
    with pytest.raises(FileNotFoundError):
        code_version(project)


def test_what_a_build_imports_is_part_of_it() -> None:
    """The project's modules that the listed files import, directly or not, are listed themselves, but for BESIDE."""
    listed = {path for path in code_files() if path.suffix == ".py"}
    imported = {
        name: path.relative_to(CHECKOUT)
        for path in listed
        for name in imported_modules(path)
        if name.partition(".")[0] in packages() and not name.startswith(BESIDE)
    }
    for name, importer in imported.items():
        place = CHECKOUT.joinpath(*name.split("."))
        found = [one for one in (place / "__init__.py", place.with_suffix(".py")) if one.exists()]
        assert set(found) <= listed, f"{importer} imports {name}, which is not in MADE_BY"
