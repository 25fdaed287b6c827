"""A run in the sandbox ends as it should, whatever the function does."""

import multiprocessing
import os
import threading
import time
from pathlib import Path

import pytest

from ingestion import sandbox
from ingestion.readers.layer import ALLOWED_DRIVERS
from ingestion.sandbox import client
from tests.support import sandbox_jobs as jobs


def run(function, *args, seconds=10.0, megabytes=400, **limits):
    return sandbox.run(function, *args, seconds=seconds, megabytes=megabytes, **limits)


def test_a_value_comes_back():
    outcome = run(jobs.double, 21)
    assert outcome.ok and outcome.value == 42
    assert 10 < outcome.peak_megabytes < 400


def test_a_warm_run_costs_a_small_part_of_the_first():
    """What a run needs is imported once, by a host that the next ones share."""
    sandbox.stop()
    started = time.perf_counter()
    run(jobs.double, 1)
    first = time.perf_counter() - started
    assert min(run(jobs.double, number).seconds for number in range(10)) < first / 10


def test_the_child_sees_the_named_environment_of_the_moment(monkeypatch, tmp_path):
    run(jobs.double, 1)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", "postgresql://warehouse:secret@db/ledger")
    monkeypatch.chdir(tmp_path)
    assert run(jobs.environment, "TZ").value == ("Asia/Shanghai", str(tmp_path))
    assert run(jobs.environment, "WAREHOUSE_LEDGER_URL").value == (None, str(tmp_path))


@pytest.mark.parametrize(
    ("function", "args", "failure", "words"),
    [
        (jobs.fail, (), "error", "ValueError: 第 3 行不是数"),
        (jobs.panic, (), "crash", "Panic: index out of bounds"),
        (jobs.die, (), "crash", "SIGSEGV"),
        (jobs.leave, (), "crash", "exit 3"),
        (jobs.eat_at_once, (50_000,), "memory", "memory"),
        (jobs.unfit, (), "error", "no type that travels"),
    ],
)
def test_what_goes_wrong_is_an_outcome(function, args, failure, words):
    outcome = run(function, *args)
    assert (outcome.failure, outcome.value) == (failure, None)
    assert words in outcome.detail


def test_time_is_limited():
    began = time.perf_counter()
    assert run(jobs.sleep, 30, seconds=0.3).failure == "timeout"
    assert time.perf_counter() - began < 2


def test_resident_memory_is_limited():
    outcome = run(jobs.eat, 3000, megabytes=300)
    assert outcome.failure == "memory"
    assert 300 < outcome.peak_megabytes < 600


def test_a_value_too_large_is_a_failure():
    assert run(jobs.large, 100, megabytes=90).failure == "memory"


def test_limits_of_the_system_are_set():
    assert run(jobs.limits).value == {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": 512, "RLIMIT_FSIZE": 4096 << 20}


def test_time_of_the_processor_is_limited():
    outcome = run(jobs.compute, seconds=60, cpu_seconds=1)
    assert (outcome.failure, outcome.detail) == ("timeout", "over 1 CPU s")
    assert 0.9 < outcome.cpu_seconds < 2
    assert run(jobs.sleep, 1.2, cpu_seconds=1).ok


def test_only_the_drivers_of_received_formats_are_there():
    assert run(jobs.drivers).value == sorted(ALLOWED_DRIVERS)


@pytest.mark.slow  # starts another host
def test_a_parsers_noise_stays_out_of_standard_output(capfd):
    sandbox.stop()
    run(jobs.shout)
    assert capfd.readouterr().out == ""


def test_runs_of_several_threads_take_turns():
    values: list[int] = []
    threads = [
        threading.Thread(target=lambda number=number: values.append(run(jobs.double, number).value))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(values) == [2 * number for number in range(8)]


@pytest.mark.slow  # starts another host
def test_a_lost_host_costs_one_run_at_most():
    run(jobs.double, 1)
    client._host.process.kill()
    client._host.process.wait()
    assert run(jobs.double, 4).value == 8


@pytest.mark.slow  # starts another host
def test_it_works_inside_a_daemonic_process():
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=jobs.nested_daemon, args=(queue,), daemon=True)
    process.start()
    assert queue.get(timeout=30) == 42
    process.join(timeout=10)
    assert process.exitcode == 0


@pytest.mark.slow  # starts another host
def test_nothing_outlives_its_caller():
    """A caller that is killed takes its host and the running child with it."""
    caller = os.fork()
    if caller == 0:
        run(jobs.sleep, 60, seconds=60)
        os._exit(0)
    deadline = time.monotonic() + 20
    while len(below := _descendants(caller)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(caller, 9)
    os.waitpid(caller, 0)
    while any(_runs(one) for one in below):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def _descendants(process: int) -> list[int]:
    try:
        below = [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
    return below + [one for child in below for one in _descendants(child)]
