"""The small district, built once for all tests that read it."""

from pathlib import Path

import pytest

from tests.support.dbt_builds import build
from tests.support.small_district_records import full_district


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build database of the whole small district; every data test and unit test has passed. Only to be read."""
    return build(tmp_path_factory.mktemp("marts"), full_district())
