"""A view of a home in which a build can be made without writing to the home: as-of uses it, for users who may only read
and so that nothing of a proof stays behind.
"""

from pathlib import Path

from warehouse.home import Home

# A build writes these: they are not looked through to, or only file by file.
WRITTEN = ("airflow", "build", "data_docs", "locks", "logs")


def view_of(home: Home, folder: Path) -> Home:
    """Give a home in a folder, to be removed by the caller, that shows what another holds by links; overlays that are
    missing are made in the view.

    Raises OSError.
    """
    view = Home(folder, home.ledger_server)
    view.root.mkdir(parents=True)
    for path in home.root.iterdir():
        if path.name not in WRITTEN and path != home.overlays:
            (view.root / path.name).symlink_to(path)
    view.overlays.mkdir()
    if home.overlays.is_dir():
        for path in home.overlays.rglob("*.parquet"):
            link = view.overlays / path.relative_to(home.overlays)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    return view
