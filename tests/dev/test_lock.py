"""The lock of servers: what the project's dependencies lead to, as requirements.lock pins it; and the licences of both."""

import re
from pathlib import Path

from dev import licences
from dev.licences import COPYLEFT, UNKNOWN, licence_report
from dev.lock import LOCK, RUNTIME_LOCK, locked, runtime
from warehouse.home import CHECKOUT

DEVELOPERS = {"pytest", "ruff", "mypy", "hypothesis", "sqlfluff", "vulture", "geopandas", "import-linter", "setuptools"}
TEXT = """\
one==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via shangdang-restoration-warehouse (pyproject.toml)
one==2.0 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
    # via shangdang-restoration-warehouse (pyproject.toml)
tool==3 \\
    --hash=sha256:dd
    # via shangdang-restoration-warehouse (pyproject.toml:dev)
under-both==4 \\
    --hash=sha256:ee
    # via
    #   one
    #   tool
under-tool==5 \\
    --hash=sha256:ff
    # via tool
"""


def test_a_lock_is_taken_apart_and_put_together_again() -> None:
    packages = locked(TEXT)
    assert [(one.name, one.version) for one in packages] == [
        ("one", "1.0"),
        ("one", "2.0"),
        ("tool", "3"),
        ("under-both", "4"),
        ("under-tool", "5"),
    ]
    assert packages[3].wanted_by == ("one", "tool")
    assert "".join(one.text for one in packages) == TEXT


def test_servers_get_what_the_dependencies_lead_to_and_nothing_else() -> None:
    everything, needed = locked(LOCK.read_text(encoding="utf-8")), runtime()
    assert set(needed) <= set(everything)
    names = {one.name for one in needed}
    assert {"duckdb", "apache-airflow-core", "dbt-duckdb", "great-expectations", "mashumaro"} <= names
    assert names.isdisjoint(DEVELOPERS) and DEVELOPERS.issubset(one.name for one in everything)
    assert {one.name for one in everything if "(pyproject.toml)" in " ".join(one.wanted_by)} <= names


def test_servers_install_with_hashes_and_from_no_named_place() -> None:
    text = RUNTIME_LOCK.read_text(encoding="utf-8")
    assert all("--hash=sha256:" in one.text for one in locked(text))
    assert not re.search(r"index-url|find-links|https?://", text)
    dockerfile = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    assert f"COPY {RUNTIME_LOCK.name} /requirements.lock" in dockerfile
    assert f"!{RUNTIME_LOCK.name}\n" in (CHECKOUT / ".dockerignore").read_text(encoding="utf-8")


def test_the_report_has_a_licence_for_every_locked_package() -> None:
    rows = {(row["name"], row["version"]): row["licence"] for row in licences.ROW.finditer(licence_report())}
    assert set(rows) == {(one.name, one.version) for one in locked(LOCK.read_text(encoding="utf-8"))}
    assert UNKNOWN not in rows.values()
    found = {name: licence for (name, _), licence in rows.items()}
    assert (found["apache-airflow-core"], found["openpyxl"]) == ("Apache-2.0", "MIT License")
    assert {name for name, licence in found.items() if COPYLEFT.search(licence)} >= {"psycopg2-binary", "certifi"}
    assert "psycopg2-binary" in licence_report().partition("| 软件包")[0]


def test_a_package_that_is_not_installed_keeps_the_licence_of_the_report(tmp_path: Path) -> None:
    """networkx has another version for each of two Pythons: one of them is never installed."""
    other = [one for one in locked(LOCK.read_text(encoding="utf-8")) if one.name == "networkx"]
    assert len(other) == 2
    before = tmp_path / "licences.md"
    assert sum(f"| networkx | {one.version} | {UNKNOWN} |" in licence_report(before) for one in other) == 1
    before.write_text("".join(f"| networkx | {one.version} | Kept |  |\n" for one in other), encoding="utf-8")
    assert licence_report(before).count("| Kept |") == 1
