"""What an operator may set in settings.toml, and how a mistake in it is named."""

import pytest

from warehouse.home import Home
from warehouse.settings import InvalidSettings, Retention, Settings, read_settings


def test_without_a_file_everything_has_its_default(home: Home) -> None:
    assert read_settings(home) == Settings(retention=Retention(days=30, builds=5))


def test_what_is_set_counts_and_the_rest_has_its_default(home: Home) -> None:
    home.settings_file.write_text("[retention]\ndays = 90\n", encoding="utf-8")
    assert read_settings(home).retention == Retention(days=90, builds=5)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[retention\n", "TOML"),
        ("[retension]\ndays = 1\n", "retention"),
        ("retention = 3\n", "retention"),
        ("[retention]\nday = 1\n", "days, builds"),
        ('[retention]\ndays = "90"\n', "int"),
        ("[retention]\nbuilds = true\n", "int"),
        ("[retention]\nbuilds = 0\n", "1"),
    ],
)
def test_a_mistake_is_named_with_what_there_is(home: Home, text: str, named: str) -> None:
    home.settings_file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSettings) as error:
        read_settings(home)
    assert named in str(error.value) and str(home.settings_file) in str(error.value)
