"""The parsed dbt project, parsed once in a test session and shared by its tests and its workers; installed by
tests/conftest.py.

dbt parses for eight seconds. What it parsed depends on the project's files and on the name of the build database's
file, after which relations are called; the first process that needs it parses for real and leaves it as a pickle.
"""

import pickle
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from pipeline.build import dbt as product
from warehouse.durable import whole_file

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def share_manifests(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let builds of this process take the parsed project from a folder, and keep it there, until `patch` is undone."""
    folder.mkdir(parents=True, exist_ok=True)
    parse = product._parsed.__wrapped__

    @cache
    def shared(catalog: str, code_version: str) -> "Manifest":
        kept = folder / f"{catalog}-{code_version[:16]}.pickle"
        with FileLock(f"{kept}.lock"):
            if kept.exists():
                import dbt.adapters.duckdb  # noqa: F401 - what is unpickled names its classes

                return pickle.loads(kept.read_bytes())
            manifest = parse(catalog, code_version)
            with whole_file(kept) as draft:
                draft.write_bytes(pickle.dumps(manifest))
        return manifest

    patch.setattr(product, "_parsed", shared)
