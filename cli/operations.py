"""Commands of the `warehouse` program that run the warehouse: load, demo, up, down, rebuild."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.options import whole_number
from cli.progress import tell
from warehouse.home import Home


def load(
    until_built: Annotated[
        bool, typer.Option("--build/--no-build", help="also build and publish, when something changed")
    ] = True,
    no_wait: Annotated[
        bool,
        typer.Option("--no-wait", help="where another build is under way, exit (status 2) once the files are taken in"),
    ] = False,
) -> None:
    """Take in the files of the inbox and publish, in this process, without Airflow. Files that have just changed are
    waited for, a few seconds.

    Example: `warehouse load --no-build`
    """
    from pipeline.intake.inbox import LONGEST_WAIT_SECONDS, SETTLE_SECONDS
    from pipeline.run import load as run

    done = run(
        Home.from_env(),
        build_marts=until_built,
        settle_seconds=SETTLE_SECONDS,
        wait_seconds=LONGEST_WAIT_SECONDS,
        wait=not no_wait,
        on_wait=tell,
    )
    print(json.dumps(done, ensure_ascii=False, indent=1))


def demo(inbox: Annotated[Path, typer.Option(exists=True, file_okay=False, help="folder of submissions")]) -> None:
    """Carry a folder of submissions through Airflow, in a process of its own, to the target board; for the samples, also
    show the findings of a few faulty files.

    Example: `warehouse demo --inbox samples/clean`
    """
    from cli.demo import run

    raise typer.Exit(run(Home.from_env(), inbox))


def up(
    port: Annotated[int, typer.Option(parser=whole_number, metavar="NUMBER", help="port of the web page")] = 8080,
) -> None:
    """Start Airflow (scheduler, api-server, dag-processor, triggerer) in the background: files in the inbox are then
    processed as they arrive.

    Example: `warehouse up --port 8090`
    """
    from orchestration.server import up as start

    start(Home.from_env(), port)


def down() -> None:
    """Stop what `up` started.

    Example: `warehouse down`
    """
    from orchestration.server import down as stop

    stop(Home.from_env())


def rebuild(
    into: Annotated[Path, typer.Argument(help="folder for the warehouse home to be made; must not exist")],
) -> None:
    """Make a second warehouse home from the archive alone, and say whether its marts equal those published; approved
    editions are copied.

    Exit status: 0 equal, 1 not equal, or an edition could not be copied.

    Example: `warehouse rebuild /data/check`
    """
    from pipeline.release.rebuild import rebuild as run

    report = run(Home.from_env(), Home(into.resolve()))
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(0 if report["equal"] and not report["not_kept"] else 1)


COMMANDS = (load, demo, up, down, rebuild)
