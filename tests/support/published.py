"""A published build that was never built: a folder with a manifest that says of what the ledger would be built now."""

import json
from pathlib import Path

from contracts.calendar import today
from pipeline.build.code_version import code_version
from warehouse.builds import MANIFEST, point
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE


def pretend_published(home: Home, ledger: Ledger, build_id: str = "b1") -> Path:
    """Make such a build current, in the home and in its ledger; gives its folder."""
    snapshot = ledger.snapshot()
    folder = home.builds / build_id
    folder.mkdir(parents=True)
    (folder / DATABASE).touch()
    made = {
        "build_id": build_id,
        "inputs_fingerprint": snapshot.fingerprint,
        "outcomes_fingerprint": snapshot.outcomes_fingerprint,
        "code_version": code_version(),
        "as_of_date": today().isoformat(),
        "files": {},
    }
    (folder / MANIFEST).write_text(json.dumps(made), encoding="utf-8")
    point(home, build_id)
    ledger.prepare_publication(build_id, inputs_fingerprint=snapshot.fingerprint, path=home.relative(folder))
    ledger.make_current(build_id)
    return folder
