"""`warehouse` for a shell, each command in a fork of one process that has everything imported: a page of commands takes
seconds, not a minute. Builds leave out dbt's data tests and share the parsed project, as elsewhere in the tests.

Run by `command_server` as a process of its own, for a fork of a test process would take over its threads.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from warehouse.home import CHECKOUT

IMPORTED = ("cli.main", "pipeline.run", "pipeline.release.rebuild", "pipeline.release.restore")
START_SECONDS = 120.0  # importing everything takes five on a quiet machine
SHIM = """#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    words = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]) + "\\n"
    socket.send_fds(server, [b"."], [0, 1, 2])
    server.sendall(words.encode())
    sys.exit(int(server.recv(8) or b"70"))
"""


@contextmanager
def command_server(folder: Path, shared: Path) -> Iterator[Path]:
    """Start a server; gives a folder for PATH that holds `warehouse`. shared: folder of the session's shared work."""
    folder.mkdir(parents=True)
    address, shim = folder / "socket", folder / "bin" / "warehouse"
    shim.parent.mkdir()
    shim.write_text(SHIM.format(python=sys.executable, address=str(address)), encoding="utf-8")
    shim.chmod(0o755)
    words = [sys.executable, "-m", "tests.support.command_server", str(address), str(shared)]
    server = subprocess.Popen(words, cwd=CHECKOUT, env=os.environ | {"DBT_WRITE_JSON": "false"})
    try:
        deadline = time.monotonic() + START_SECONDS
        while not address.exists():
            assert server.poll() is None and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        yield shim.parent
    finally:
        server.terminate()
        server.wait()


def _serve(address: Path, shared: Path) -> None:
    import pytest

    from tests.support.dbt_builds import without_data_tests
    from tests.support.shared_manifest import share_manifests
    from tests.support.shared_readings import share_readings

    for name in IMPORTED:
        import_module(name)
    with pytest.MonkeyPatch.context() as patch, without_data_tests(), socket.socket(socket.AF_UNIX) as listening:
        share_readings(shared / "readings", patch)
        share_manifests(shared / "manifests", patch)
        draft = address.with_suffix(".draft")
        listening.bind(str(draft))
        listening.listen()
        draft.rename(address)
        signal.signal(signal.SIGCHLD, _wait_for_ended)  # so that what they took counts as this process's
        while True:
            connection, _ = listening.accept()
            if os.fork() == 0:
                os._exit(_answer(connection))
            connection.close()


def _wait_for_ended(*_: object) -> None:
    """Wait for every fork that has ended."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def _answer(connection: socket.socket) -> int:
    """Run one command as its caller would, and tell it the exit status."""
    from cli.main import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, handles, _, _ = socket.recv_fds(connection, 1, 3)
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
        os.close(handle)
    with connection.makefile(encoding="utf-8") as file:
        words, folder, environment = json.loads(file.readline())
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["warehouse", *words]
    try:
        status = main()
    except SystemExit as ended:
        status = ended.code
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(str(int(status or 0)).encode())
    return 0


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]))
