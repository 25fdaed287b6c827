"""The small world, built once for all tests that read it."""

from pathlib import Path

import pytest

from tests.dbt.builds import build
from tests.dbt.desk import full_world


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build database of the whole small world; every data test and unit test has passed. Only to be read."""
    return build(tmp_path_factory.mktemp("marts"), full_world())
