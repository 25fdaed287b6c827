"""The lease of whoever builds: one at a time, across processes; the others wait and say for whom."""

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta

import pytest

from warehouse import build_lease as module
from warehouse.build_lease import BUILD, BuildBusy, LeaseLost, build_lease, new_run, own_holder
from warehouse.home import Home
from warehouse.ledger import Ledger


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.02)


def test_the_second_waits_and_says_for_whom(ledger: Ledger) -> None:
    told: list[str] = []
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        def tell(line: str) -> None:
            told.append(line)
            waiting.set()

        with build_lease(ledger, "run 2", "Airflow build_marts manual", progress=tell):
            order.append("second")

    with build_lease(ledger, "run 1", "li@host pid 7"):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert len(told) == 1 and told[0].startswith("等待 li@host pid 7 的构建")
    assert ledger.lease(BUILD) is None


def test_the_lease_of_a_process_that_died_here_is_taken_over_at_once(ledger: Ledger) -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        pass
    ours = new_run()
    of_the_dead = ours.replace(f"-{os.getpid()}-", f"-{ended.pid}-")
    assert of_the_dead != ours
    ledger.acquire_lease(BUILD, of_the_dead, module.EXPIRES_AFTER, "li@host")
    with build_lease(ledger, "run 2", "wang@host", wait=False) as held:
        held.check()
    (event,) = ledger.events(actions=["lease_taken_over"])
    assert event.detail == {"lease": BUILD, "from": of_the_dead, "by": "run 2"}
    for of_the_living in (ours, of_the_dead.replace(ours.rpartition("-")[0].rpartition("-")[0], "elsewhere-1")):
        ledger.acquire_lease(BUILD, of_the_living, module.EXPIRES_AFTER, "li@host")
        with pytest.raises(BuildBusy), build_lease(ledger, "run 3", "wang@host", wait=False):
            pass
        ledger.release_lease(BUILD, of_the_living)


def test_who_does_not_want_to_wait_is_told_who_builds(ledger: Ledger) -> None:
    with (
        build_lease(ledger, "run 1", "li@host pid 7"),
        pytest.raises(BuildBusy, match="li@host pid 7"),
        build_lease(ledger, "run 2", "wang@host pid 8", wait=False),
    ):
        pass
    with build_lease(ledger, "run 2", "wang@host pid 8", wait=False) as held:
        held.check()


def test_the_lease_is_given_back_when_the_build_fails_and_kept_between_the_steps_of_one_run(ledger: Ledger) -> None:
    with build_lease(ledger, "run 1", "airflow", is_kept=lambda: True):
        pass
    kept = ledger.lease(BUILD)
    assert kept is not None and kept.run == "run 1"
    with pytest.raises(OSError, match="disk"), build_lease(ledger, "run 1", "airflow", is_kept=lambda: True):
        raise OSError("disk full")
    assert ledger.lease(BUILD) is None


def test_a_long_step_stays_alive_by_its_thread(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    with build_lease(ledger, "run 1", "li"):
        began = ledger.lease(BUILD)
        assert began is not None
        for _ in range(500):
            now = ledger.lease(BUILD)
            assert now is not None
            if now.heartbeat_at > began.heartbeat_at:
                return
            threading.Event().wait(0.02)
    pytest.fail("no heartbeat came")


def test_a_silent_build_is_taken_over_and_finds_out(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process that was killed, or a machine that slept; nobody has to remove anything by hand."""
    monkeypatch.setattr(module, "EXPIRES_AFTER", timedelta(0))
    with Ledger.open(home, actor="other") as other, ExitStack() as stack:
        held = stack.enter_context(build_lease(ledger, "run 1", "li"))
        held.check()
        with build_lease(other, "run 2", "wang"), pytest.raises(LeaseLost, match="run 1"):
            held.check()
        assert [event.detail["from"] for event in ledger.events(actions=["lease_taken_over"])] == ["run 1"]


def test_a_run_is_named_by_user_machine_and_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ACTOR", "王局长")
    assert own_holder().startswith("王局长@") and " pid " in own_holder()
    assert new_run() != new_run()
