"""A home in which a closed year was corrected, made once for the tests of this folder."""

import pytest

from tests.support.corrected_home import Corrected, corrected_copy
from warehouse.home import Home


@pytest.fixture(scope="session")
def corrected_clean_home(clean_home: Home) -> Corrected:
    """As `corrected`, of all clean samples."""
    return corrected_copy(clean_home, "corrected-clean-home")
