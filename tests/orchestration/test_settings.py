"""The logins of a home's own Airflow: its administrator's, and one for each approver that settings.toml names."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.settings import environment, password, passwords_file, prepare
from warehouse.home import Home

USERS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(subprocess, "run", lambda *given, **more: None)  # Airflow's own commands
    return Home(tmp_path / "home").ensure()


def logins(home: Home) -> dict[str, str]:
    prepare(home, environment(home))
    found: dict[str, str] = json.loads(passwords_file(home).read_text(encoding="utf-8"))
    return found


def test_an_approver_has_a_login_whose_password_stays(home: Home) -> None:
    assert environment(home)[USERS] == "admin:admin" and logins(home) == {"admin": password(home)}
    home.settings_file.write_text('[approval]\nusers = ["wang", "admin"]\n', encoding="utf-8")
    assert environment(home)[USERS] == "admin:admin,wang:user"
    first = logins(home)
    assert set(first) == {"admin", "wang"} and len(first["wang"]) > 8 and first["admin"] == password(home)
    assert logins(home) == first and passwords_file(home).stat().st_mode & 0o077 == 0
    home.settings_file.unlink()
    assert logins(home) == {"admin": password(home)}, "who is no approver any more has no login"


def test_a_deployment_names_its_own_users(home: Home) -> None:
    home.settings_file.write_text('[approval]\nusers = ["wang"]\n', encoding="utf-8")
    assert environment(home, given={USERS: "engineer:op"})[USERS] == "engineer:op"
    prepare(home, {**environment(home), "WAREHOUSE_AIRFLOW_PASSWORDS": '{"engineer": "x"}'})
    assert json.loads(passwords_file(home).read_text(encoding="utf-8")) == {"engineer": "x"}


def test_airflow_has_the_servers_of_its_home_and_no_others(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of a home that is made for a demonstration does not show its builds on the BI server of the home itself."""
    monkeypatch.setenv("WAREHOUSE_BI_URL", "postgresql://marts@db/marts")
    assert environment(home)["WAREHOUSE_BI_URL"] == ""
    shown = replace(home, bi_server="postgresql://marts@db/marts")
    assert environment(shown)["WAREHOUSE_BI_URL"] == "postgresql://marts@db/marts"
