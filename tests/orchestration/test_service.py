"""A component's process: the scheduler starts no task before the API answers, to which tasks report."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration import service

HEALTHY = json.dumps({"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}}).encode()


@contextmanager
def api(after_seconds: float) -> Iterator[str]:
    """An API that takes connections at once and answers the first of them after some seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                time.sleep(after_seconds)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + HEALTHY)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/execution/"
        thread.join()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The programs that a component's process was replaced by, with an environment of their own."""
    begun: list[list[str]] = []
    monkeypatch.setattr(os, "environ", dict(os.environ) | {"WAREHOUSE_HOME": str(tmp_path / "home")})
    monkeypatch.setattr(service, "keep_modes", lambda: None)  # they would stay in this process
    monkeypatch.setattr(os, "execv", lambda path, words: begun.append(words))
    return begun


def test_the_scheduler_starts_when_the_api_answers(started: list[list[str]]) -> None:
    began = time.monotonic()
    with api(after_seconds=0.5) as url:
        os.environ[service.API] = url
        service.main("scheduler")
    assert time.monotonic() - began >= 0.5
    assert [words[2:] for words in started] == [["airflow", "scheduler", "--skip-serve-logs"]]


def test_the_scheduler_starts_all_the_same_when_no_api_answers(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    os.environ[service.API] = "http://127.0.0.1:9/execution/"
    monkeypatch.setattr(service.wait_for_api, "__defaults__", (0.2,))
    service.main("scheduler")
    assert [words[2:] for words in started] == [["airflow", "scheduler", "--skip-serve-logs"]]
    assert "没有应答" in capsys.readouterr().out


@pytest.mark.parametrize("component", ["api-server", "dag-processor", "triggerer"])
def test_no_other_component_waits(started: list[list[str]], monkeypatch: pytest.MonkeyPatch, component: str) -> None:
    monkeypatch.setattr(service, "wait_for_api", lambda: pytest.fail("it waited"))
    service.main(component)
    options = ["--skip-serve-logs"] if component == "triggerer" else []
    assert [words[2:] for words in started] == [["airflow", component, *options]]
