"""Homes in which a closed year was corrected, made once for the tests of this folder."""

import pytest

from tests.support.corrected_home import Corrected, corrected_copy
from tests.support.dbt_builds import without_data_tests
from warehouse.home import Home


@pytest.fixture(scope="session")
def corrected(few_samples_home: Home) -> Corrected:
    """A home of a few samples that went on as `corrected_copy` says. Only to be read."""
    with without_data_tests():
        return corrected_copy(few_samples_home, "corrected-home")


@pytest.fixture(scope="session")
def corrected_clean_home(clean_home: Home) -> Corrected:
    """As `corrected`, of all clean samples."""
    return corrected_copy(clean_home, "corrected-clean-home")
