"""docker-compose.yml: valid by the Compose Specification, and as safe as we say it is. No Docker engine is needed."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from orchestration import service
from pipeline.build.code_version import MADE_BY
from warehouse.bi_tables import AUDIENCES
from warehouse.home import CHECKOUT, packages

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SCRIPTS = CHECKOUT / "deploy" / "postgres"
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))


def faults(compose: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(compose)]


def test_it_is_valid_by_the_specification() -> None:
    assert faults(COMPOSE) == []


def test_the_schema_refuses_an_unknown_key() -> None:
    broken = {**COMPOSE, "services": {**SERVICES, "scheduler": {**SERVICES["scheduler"], "restarts": "always"}}}
    assert len(faults(broken)) == 1


def test_every_component_of_airflow_is_a_service_that_runs_our_code() -> None:
    ours = [one["command"] for name, one in SERVICES.items() if name != "postgres"]
    assert {tuple(command[:-1]) for command in ours} == {("python", "-m", service.__name__)}
    assert {command[-1] for command in ours} == {"init", *service.COMPONENTS}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_confined(name: str) -> None:
    given = SERVICES[name]
    assert given["user"] not in ("root", "0", "0:0")
    assert given["read_only"] is True
    assert given["cap_drop"] == ["ALL"]
    assert given["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory"} <= set(given["deploy"]["resources"]["limits"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"airflow-init"}))
def test_a_service_that_stays_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert name == "postgres" or check["test"][-2:] == ["health", name], "it asks after this very component"


def test_what_a_service_waits_for_can_come_about() -> None:
    """Healthy is what has a health check, and completed what ends; each component waits for the database directly or not."""
    for name, given in SERVICES.items():
        for other, wanted in given.get("depends_on", {}).items():
            needed = SERVICES[other]
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in needed, f"{name} waits for ever for {other}"
            else:
                assert needed["restart"] != "unless-stopped", f"{name} waits for ever for {other}"
        assert name == "postgres" or "postgres" in given["depends_on"], name


def test_no_secret_stands_in_the_file() -> None:
    for name, given in SERVICES.items():
        used = set(given["secrets"])
        for variable, value in given["environment"].items():
            if re.search("PASSWORD|SECRET|KEY|URL|CONN", variable) and "/run/secrets/" in str(value):
                assert variable.endswith(("_FILE", "_CMD")), variable
                assert str(value).rpartition("/")[2] in used, f"{name} reads a secret that it is not given: {value}"
            assert "@" not in str(value), f"{variable} of {name} holds credentials"
        assert used <= set(COMPOSE["secrets"])


def test_nothing_but_the_web_page_and_the_database_for_bi_is_reachable_from_outside() -> None:
    reachable = {name: given["ports"] for name, given in SERVICES.items() if given.get("ports")}
    assert set(reachable) == {"api-server", "postgres"}
    assert all(port.startswith("${WAREHOUSE_BIND:-127.0.0.1}:") for ports in reachable.values() for port in ports)
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_image_holds_every_room_and_runs_as_the_services_do() -> None:
    text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+) /opt/warehouse/", text, re.MULTILINE))
    rooms = packages() - {"tests", "bench", "dev", "bi"}  # BI tools run elsewhere
    assert rooms | {"dags", "dbt_project"} == copied
    assert f"USER {SERVICES['scheduler']['user']}" in text
    ignored = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8")
    assert copied <= set(re.findall(r"^!(\w+)$", ignored, re.MULTILINE))
    for file in re.findall(r"^COPY (?!--from)(?:--chmod=\d+ )?(.+) /\S+$", text, re.MULTILINE):
        assert all(f"!{name}" in ignored.splitlines() for name in file.split()), (
            f"{file} is left out of the build context"
        )


def test_the_image_and_the_services_find_the_code_that_determines_a_build() -> None:
    text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (.+) /opt/warehouse/", text, re.MULTILINE) for name in line.split()}
    assert {name.split("/")[0] for name in MADE_BY} <= copied


def test_the_images_command_is_the_warehouse_command() -> None:
    """The script that the image has as `warehouse`, run as the image runs it: Python first on PATH, the rooms importable."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(CHECKOUT),
        "LANG": "C.UTF-8",
    }
    ran = subprocess.run(
        [CHECKOUT / "deploy" / "warehouse", "--help"], env=environment, cwd="/", capture_output=True, text=True
    )
    assert ran.returncode == 0 and "attachments" in ran.stdout, ran.stderr


def test_every_service_that_builds_copies_to_the_database_for_bi() -> None:
    for name, given in SERVICES.items():
        if name != "postgres":
            assert given["environment"]["WAREHOUSE_BI_URL_FILE"] == "/run/secrets/marts_db_url"
            assert "marts_db_url" in given["secrets"]
    read = set(re.findall(r"\$secrets/(\w+)", (SCRIPTS / "create-bi-database.sh").read_text(encoding="utf-8")))
    assert read == {"marts_db_password", "marts_reader_password", "marts_public_reader_password"}
    assert read <= set(SERVICES["postgres"]["secrets"])


def test_the_script_makes_the_roles_that_the_views_are_granted_to() -> None:
    text = (SCRIPTS / "create-bi-database.sh").read_text(encoding="utf-8")
    assert re.findall(r"create role (\w+)", text) == ["marts", *(one.role for one in AUDIENCES)]
    assert re.findall(r"alter role (\w+) set search_path = (\w+)", text) == [
        (one.role, one.schema) for one in AUDIENCES
    ]


def test_secrets_that_came_later_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    command = [sys.executable, CHECKOUT / "deploy" / "make_secrets.py", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    before = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    for name in ("marts_db_url", "marts_reader_password"):
        (tmp_path / name).unlink()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert "marts_db_url、marts_reader_password" in said and before["airflow_passwords"] not in said
    assert after.pop("marts_reader_password") != before.pop("marts_reader_password")
    assert after == before, "the URL has the password that was kept"


def test_secrets_are_made_once_and_are_all_that_the_file_names(tmp_path: Path) -> None:
    def make() -> str:
        command = [sys.executable, CHECKOUT / "deploy" / "make_secrets.py", tmp_path / "secrets"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    make()
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(COMPOSE["secrets"])
    assert (
        made["airflow_db_url"] == f"postgresql+psycopg2://airflow:{made['airflow_db_password']}@postgres:5432/airflow"
    )
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert "未改动" in make()
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()} == made
