"""Commands of the `warehouse` program that run the warehouse and keep it safe: load, demo, up, down, rebuild, backup,
restore, verify, doctor.
"""

import json
import sys
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


def demo(
    inbox: Annotated[
        list[Path] | None,
        typer.Option(exists=True, file_okay=False, help="folder of submissions; without one, the samples"),
    ] = None,
) -> None:
    """Carry folders of submissions through Airflow, in a process of its own, to the target board; for the samples, also
    show the findings of a few faulty files.

    Example: `warehouse demo --inbox samples/clean`
    """
    from cli.demo import DEMO_INBOXES, run

    raise typer.Exit(run(Home.from_env(), inbox or DEMO_INBOXES))


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


def backup(
    into: Annotated[
        Path, typer.Argument(help="folder outside the home, best on another disk; made if it is not there")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be copied")] = False,
) -> None:
    """Back up the originals of this home: ledger, archive, approved editions, settings. Loads may go on meanwhile. The
    same folder again is brought up to date.

    Exit status: 0 whole, 1 an original is damaged or gone in the home (`warehouse verify` says more).

    Example: `warehouse backup /backup/warehouse`
    """
    from pipeline.release.backup import backup as run

    report = run(Home.from_env(), into, is_dry_run=dry_run, progress=_progress)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if report["lacking"] else 0)


def restore(
    backup: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="folder that `backup` wrote")],
    into: Annotated[Path, typer.Option("--into", help="folder for the home; must be empty, or not there")],
    files: Annotated[
        list[str] | None,
        typer.Option("--file", help="put back only this damaged original (archive/ab/abc…), into a home that is there"),
    ] = None,
    despite_damage: Annotated[bool, typer.Option("--despite-damage", help="leave out damaged files")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only verify the backup")] = False,
) -> None:
    """Make a home of a backup, or of the folders archive, ledger and published/editions copied by hand; build, publish,
    and say whether the marts are those of the backup. The ledger goes into WAREHOUSE_LEDGER_URL where it is set.

    Interrupted, run it again. Exit status: 0 equal, 1 something differs or was left out.

    Example: `warehouse restore /backup/warehouse --into /data/warehouse`
    """
    from pipeline.release.put_back import restore_files
    from pipeline.release.restore import is_clean
    from pipeline.release.restore import restore as run

    home = Home(into.resolve(), Home.from_env().ledger_server)
    if files:
        for name in restore_files(backup, home, files):
            print(name)
        return
    report = run(backup, home, despite_damage=despite_damage, is_dry_run=dry_run, progress=_progress)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    raise typer.Exit(0 if is_clean(report) else 1)


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Hold ledger, archive, staged files, builds and editions against each other, with their hashes; each finding has a
    remedy. Nothing is changed.

    Exit status: 0 nothing found, 1 something is missing, damaged, unknown or unrecorded.

    Example: `warehouse verify`
    """
    from pipeline.release.verify import verify as run

    report = run(Home.from_env(), progress=_progress)
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines():
            print(line)
    raise typer.Exit(1 if report.findings else 0)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Say what protects this home on this system: how the processes that read strangers' files are kept, and who has rights
    on its files. Nothing is changed.

    Exit status: 0 all holds, 1 something does not.

    Example: `warehouse doctor`
    """
    from pipeline.watch.protection import protections

    found = protections(Home.from_env())
    if as_json:
        print(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            print(f"{'✓' if one.holds else '✗'} {one.code}: {one.zh} ({one.en})")
    raise typer.Exit(0 if all(one.holds for one in found) else 1)


def _progress(line: str) -> None:
    """Progress goes to the error output, so that the result can be piped."""
    print(line, file=sys.stderr, flush=True)


COMMANDS = (load, demo, up, down, rebuild, backup, restore, verify, doctor)
