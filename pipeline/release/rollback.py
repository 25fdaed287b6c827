"""Rolling back: an older published build becomes current again and stays, until it is released. `warehouse rollback` and
`warehouse release` call it.
"""

from typing import Any

from pipeline.build import bi_server
from pipeline.release.approve import check_reason
from warehouse import builds, editions, pins, publication
from warehouse.home import Home
from warehouse.ledger import Ledger


def roll_back(
    home: Home, name: str, *, because: str, by: str | None = None, is_dry_run: bool = False
) -> dict[str, Any]:
    """Make an older build current and pin it; with is_dry_run only say what would happen.

    name: a build's id, an edition, or `previous`. Returns {"from": id of the build that was current, "to", "published_at": when it
    was first (datetime or None), "as_of_date": the day that it shows, "newer": ids of builds published after it, "by", "because"}.
    Raises ValueError for a build that cannot be rolled back to or without a reason, editions.UnknownBuild, locks.Busy.
    """
    check_reason(because)
    with Ledger.open(home) as ledger:
        folder = home.builds / editions.build_of(home, name)
        publication.check_can_roll_back(home, ledger, folder.name)
        published = ledger.publications()
        target = next(one for one in published if one.build_id == folder.name)
        before = ledger.current_publication()
        made = builds.read_manifest(folder) or {}
        decided_by = by or ledger.actor
        if not is_dry_run:
            publication.roll_back(home, ledger, target.build_id, because=because, decided_by=decided_by)
            bi_server.show_current(home, ledger)
    return {
        "from": before and before.build_id,
        "to": target.build_id,
        "published_at": target.published_at,
        "as_of_date": made.get("as_of_date"),
        "newer": [one.build_id for one in published if one.prepared_at > target.prepared_at],
        "by": decided_by,
        "because": because,
    }


def release(home: Home, *, because: str, by: str | None = None, is_dry_run: bool = False) -> dict[str, Any]:
    """Let newer builds become current again: the next one is published. With is_dry_run only say what is pinned.

    Returns {"build", "pinned_by", "pinned_because", "by", "because"}. Raises ValueError where nothing is pinned, or
    without a reason.
    """
    check_reason(because)
    with Ledger.open(home) as ledger:
        held = pins.pinned(ledger)
        if held is None:
            raise ValueError(
                "当前版本没有固定，无须解除 (the current build is not pinned: there is nothing to release)"
            )
        released_by = by or ledger.actor
        if not is_dry_run:
            ledger.release_pin(held.build_id, because=because, decided_by=released_by)
    return {
        "build": held.build_id,
        "pinned_by": held.pinned_by,
        "pinned_because": held.pinned_because,
        "by": released_by,
        "because": because,
    }
