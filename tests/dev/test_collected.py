"""Every test file is where pytest looks for it."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


def test_no_folder_with_tests_is_left_out_by_its_name(request: pytest.FixtureRequest) -> None:
    """Of itself pytest leaves out folders called build and dist, and with them the tests of a room of that name."""
    left_out = request.config.getini("norecursedirs")
    folders = {part for file in TESTS.rglob("test_*.py") for part in file.relative_to(TESTS).parent.parts}
    assert "build" in folders
    assert {name for name in folders if any(fnmatch(name, pattern) for pattern in left_out)} == set()
