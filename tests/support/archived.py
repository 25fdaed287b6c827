"""Submissions with files of their own in the archive, entered as if they had arrived."""

from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission


def arrive(home: Home, ledger: Ledger, number: int, *more: str) -> Submission:
    """Archive and enter a file `<number>.csv`, and more members that belong to it; their content differs by number."""
    folder = home.root.parent / "sent" / str(number)
    folder.mkdir(parents=True)
    paths = [folder / name for name in (f"{number}.csv", *more)]
    for path in paths:
        path.write_text(f"{number} {path.name}", encoding="utf-8")
    kept = archive.put(home, paths)
    submission, _ = ledger.receive(
        arrival_key=f"key {number}",
        sha256=kept.sha256,
        file_name=paths[0].name,
        dataset="ecology",
        family="statistics",
        size=kept.size,
        archived_as=home.relative(kept.path),
    )
    return submission
