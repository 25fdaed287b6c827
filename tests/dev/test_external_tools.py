"""A test whose external tool is missing names it: skipped on a developer's machine, failed on a CI machine."""

import pytest

from dev.checks import is_ci
from tests.support.external_tools import Tool, missing_tools

TOOLS = {"here": Tool(lambda: True, "here-server"), "away": Tool(lambda: False, "away-server")}


def test_what_is_missing_is_named_with_its_package() -> None:
    assert missing_tools(("here",), TOOLS) == ""
    assert missing_tools(("here", "away"), TOOLS) == "away is not installed (apt-get install away-server)"
    with pytest.raises(KeyError):
        missing_tools(("undeclared",), TOOLS)


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_a_ci_machine_says_so(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("CI", value)
    assert is_ci() is expected
