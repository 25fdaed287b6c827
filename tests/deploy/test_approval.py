"""A running Airflow asks about a build: an assigned user approves it through the REST API; a refusal, a time-out, somebody
else's “mark success” and an answer about an older build move neither `current` nor any edition.

The home has two builds of other figures: the first is edition 2025.1, the second is current.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.error import HTTPError

import pytest

from orchestration import airflow_api, server
from orchestration.settings import passwords_file
from pipeline.release import question
from tests.support.copies import copy_of
from tests.support.corrected_home import Corrected
from tests.support.native_services import free_ports, wait_until
from warehouse.editions import approved
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SETTINGS = '[approval]\nway = "asked"\nusers = ["wang"]\n'
STEP_SECONDS = 300.0
"""A task starts within seconds; five minutes on a machine that ten others share."""
PARKED_SECONDS = 20.0
"""An answer within seconds of the question meets a fault of Airflow 3.3.2 (its executor takes the resumed task for the one
that just ended), after which the question is put again."""
ENDED = ("success", "failed")
PAUSED = "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"


class Asking(NamedTuple):
    """A running Airflow, its home, and the logins of its administrator, who is not assigned, and of the approver."""

    home: Home
    url: str
    admin: str
    approver: str

    def call(self, bearer: str, path: str, method: str = "GET", body: Any = None) -> Any:
        return airflow_api._get(f"{self.url}/api/v2/dags/ask_approval/dagRuns{path}", bearer, method, body)

    def state_of(self, run: str, task: str = "") -> str | None:
        found = self.call(self.admin, f"/{run}/taskInstances/{task}" if task else f"/{run}")["state"]
        return None if found is None else str(found)

    def logs(self) -> str:
        return str(self.home.logs / "airflow")

    def ask(self, run: str, build: str) -> None:
        """Put a question, and wait until it waits."""
        self.call(self.admin, "", "POST", {"dag_run_id": run, "logical_date": None, "conf": {"build": build}})
        wait_until(lambda: self.state_of(run, "ask") == "awaiting_input", STEP_SECONDS, f"question {run}", self.logs)

    def answer(self, bearer: str, run: str, option: str, comment: str) -> int:
        """The status that Airflow gives an answer."""
        said = {"chosen_options": [option], "params_input": {"comment": comment}}
        try:
            self.call(bearer, f"/{run}/taskInstances/ask/-1/hitlDetails", "PATCH", said)
        except HTTPError as error:
            return error.code
        return 200

    def ends(self, run: str) -> dict[str, str | None]:
        """The state of each task and of the run (""), when it has ended."""
        wait_until(lambda: self.state_of(run) in ENDED, STEP_SECONDS, f"the end of {run}", self.logs)
        tasks = {name: self.state_of(run, name) for name in ("offer", "ask", "conclude")}
        return {**tasks, "": self.state_of(run)}

    def outcome(self, run: str) -> str | None:
        """What became of the question, by the ledger."""
        asked = question.find(self.home, run)
        return asked and question.outcome(self.home, asked)

    @contextmanager
    def set(self, more: str) -> Iterator[None]:
        """Further lines of settings.toml, while the block lasts."""
        self.home.settings_file.write_text(SETTINGS + more, encoding="utf-8")
        yield
        self.home.settings_file.write_text(SETTINGS, encoding="utf-8")

    def published(self) -> tuple[str, list[str]]:
        """What no refusal may move: where `current` points to, and the editions."""
        return os.readlink(self.home.current), [one.edition for one in approved(self.home)]


@pytest.fixture(scope="module")
def asking(corrected: Corrected, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    home = Home(tmp_path_factory.mktemp("approval") / "home")
    copy_of(corrected.home, home.root)
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    patch, environment = pytest.MonkeyPatch(), server.environment
    try:
        patch.setattr(server, "START_SECONDS", STEP_SECONDS)
        patch.setattr(airflow_api, "_get", _patient(airflow_api._get))
        patch.setattr(server, "environment", lambda *given: {**environment(*given), PAUSED: "True"})
        patch.setattr(server, "unpause", _unpause_the_question)
        running = server.up(home, free_ports(1)[0], lambda _: None)
        logins = json.loads(passwords_file(home).read_text(encoding="utf-8"))
        admin, approver = (airflow_api.token(running.url, name, logins[name]) for name in (running.login, "wang"))
        yield Asking(home, running.url, admin, approver)
    finally:
        patch.undo()
        server.down(home)


def _patient(call: Callable[..., Any]) -> Callable[..., Any]:
    """A call of Airflow's API that waits as long for the answer as a step may take."""
    return lambda *given, **more: call(*given, **{**more, "timeout": STEP_SECONDS})


def _unpause_the_question(url: str, bearer: str) -> list[str]:
    """As airflow_api.unpause, of ask_approval alone: nothing builds meanwhile, and `current` is nobody else's to move."""
    known = [dag["dag_id"] for dag in airflow_api._get(f"{url}/api/v2/dags?limit=100", bearer)["dags"]]
    if "ask_approval" in known:
        airflow_api._get(f"{url}/api/v2/dags/ask_approval", bearer, "PATCH", {"is_paused": False})
    return known


@pytest.fixture(scope="module")
def builds(asking: Asking) -> list[str]:
    """Ids of both builds, the older first."""
    with Ledger.open(asking.home) as ledger:
        return [one.build_id for one in ledger.publications() if one.state in ("superseded", "current")]


def test_a_task_that_somebody_else_marks_as_done_approves_nothing(asking: Asking, builds: list[str]) -> None:
    before = asking.published()
    asking.ask("marked", builds[1])
    assert asking.answer(asking.admin, "marked", "批准", "代签") == 403, "an administrator who is not assigned"
    asking.call(asking.admin, "/marked/taskInstances/ask", "PATCH", {"new_state": "success"})
    states = asking.ends("marked")
    assert (states["ask"], states["conclude"], states[""]) == ("success", "failed", "failed")
    assert asking.outcome("marked") == "no_answer"
    assert asking.answer(asking.approver, "marked", "批准", "") == 200, "which Airflow stores, and nobody acts on"
    assert asking.published() == before


def test_no_answer_in_time_refuses(asking: Asking, builds: list[str]) -> None:
    before = asking.published()
    with asking.set("wait_minutes = 1\n"):
        asking.ask("lapsed", builds[1])
    states = asking.ends("lapsed")
    assert (states["ask"], states["conclude"], states[""]) == ("failed", "failed", "failed")
    assert asking.outcome("lapsed") == "lapsed"
    assert asking.published() == before


def test_what_the_approver_returns_is_not_approved(asking: Asking, builds: list[str]) -> None:
    before = asking.published()
    asking.ask("returned", builds[1])
    time.sleep(PARKED_SECONDS)
    assert asking.answer(asking.approver, "returned", "退回", "耕地数有误") == 200
    assert asking.ends("returned") == dict.fromkeys(("offer", "ask", "conclude", ""), "success")
    assert asking.outcome("returned") == "退回"
    assert asking.published() == before


def test_an_answer_about_an_older_build_approves_nothing_and_the_newer_is_approved(
    asking: Asking, builds: list[str]
) -> None:
    current, before = asking.published()
    with asking.set("look_minutes = 60\n"):  # it must not see by itself that it is replaced
        asking.ask("older", builds[0])
    with asking.set("look_minutes = 1\n"):
        asking.ask("unanswered", builds[1])
        asking.ask("newer", builds[1])
        time.sleep(PARKED_SECONDS)
    assert asking.answer(asking.approver, "older", "批准", "同意") == 200
    ended = asking.ends("older")
    assert (ended["ask"], ended["conclude"], ended[""]) == ("failed", "failed", "failed")
    assert asking.outcome("older") == "outdated_answer"
    assert asking.published() == (current, before)

    assert asking.answer(asking.approver, "newer", "批准", "数据已核") == 200
    assert asking.ends("newer") == dict.fromkeys(("offer", "ask", "conclude", ""), "success")
    now, editions = asking.published()
    assert now == current, "an approval moves no reader"
    [made] = [one for one in approved(asking.home) if one.edition not in before]
    assert len(editions) == len(before) + 1
    assert (made.build_id, made.approved_by, made.login, made.because) == (builds[1], "wang", "wang", "数据已核")
    assert asking.outcome("newer") == "批准"

    ended = asking.ends("unanswered")  # it ends itself, as a newer question took its place
    assert (ended["ask"], ended["conclude"], ended[""]) == ("skipped", "skipped", "success")
    assert asking.outcome("unanswered") == "superseded"
