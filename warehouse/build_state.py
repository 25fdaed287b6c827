"""What the build database holds, as far as the steps of a build must know it of each other: `pipeline.build` keeps it, as
each step may be a process of its own.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from warehouse.durable import whole_file
from warehouse.home import Home


@dataclass(frozen=True)
class Candidate:
    """What the gate judged last: the id under which it is or will be published, and a hash of the marts' content."""

    build_id: str
    content_hash: str
    code_version: str


@dataclass(frozen=True)
class BuildState:
    """run: the run that builds, or built last. as_of_date: the day (ISO) by which reports were expected when the raw
    tables were synced. candidate: None before the gate judged anything.
    """

    run: str = ""
    as_of_date: str | None = None
    candidate: Candidate | None = None


def read(home: Home) -> BuildState:
    """The state of the home's build database; an empty one where nothing is known of it."""
    try:
        stored = json.loads(home.build_state_file.read_text(encoding="utf-8"))
        candidate = stored["candidate"]
        return BuildState(stored["run"], stored["as_of_date"], Candidate(**candidate) if candidate else None)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return BuildState()  # derived like the database beside it: the next build writes it anew


def change(home: Home, **changed: Any) -> BuildState:
    """Set fields of the state; gives it as it is now."""
    state = replace(read(home), **changed)
    with whole_file(home.build_state_file) as temporary:
        temporary.write_text(json.dumps(asdict(state), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return state
