"""What an operator may set in settings.toml, and how a mistake in it is named."""

import pytest

from tests.warehouse.test_builds import build, publish
from warehouse.home import Home
from warehouse.serving import ServedError, connect
from warehouse.settings import Approval, InvalidSettings, Queries, Retention, Settings, read_settings


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
        ('[approval]\nway = "by hand"\n', "by_hand, asked, automatic"),
        ('[approval]\nway = "asked"\n', "users"),
        ('[approval]\nusers = "wang"\n', "a list of texts"),
        ('[approval]\nusers = ["wang", 7]\n', "a list of texts"),
        ('[approval]\nusers = ["wang:admin"]\n', "wang:admin"),
        ("[approval]\nwait_minutes = 0\n", "1"),
        ("[bi_server]\nseconds = 0\n", "1"),
    ],
)
def test_a_mistake_is_named_with_what_there_is(home: Home, text: str, named: str) -> None:
    home.settings_file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSettings) as error:
        read_settings(home)
    assert named in str(error.value) and str(home.settings_file) in str(error.value)


def test_nobody_is_asked_for_an_approval_unless_it_is_said_who(home: Home) -> None:
    assert read_settings(home).approval.way == "by_hand"
    home.settings_file.write_text('[approval]\nway = "asked"\nusers = ["wang", "li@x.cn"]\n', encoding="utf-8")
    assert read_settings(home).approval == Approval(way="asked", users=["wang", "li@x.cn"], wait_minutes=4320)


def test_a_reader_of_a_home_has_its_limits(home: Home) -> None:
    build(home, 1)
    publish(home, 1)
    home.settings_file.write_text("[queries]\nrows = 7\nthreads = 1\nmemory_megabytes = 64\n", encoding="utf-8")
    with connect(home) as con:
        assert con.limits == Queries(rows=7, threads=1, memory_megabytes=64, seconds=60)
        with pytest.raises(ServedError, match="7"):
            con.execute("from mart_one").fetchall()
        with pytest.raises(ServedError, match="64 MB"):
            con.execute("select count(distinct range) from range(1000000000)").fetchall()
    for text in ("[queries]\nrows = 0\n", "[queries]\nmemory_megabytes = 8\n", "[queries]\nseconds = 0\n"):
        home.settings_file.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidSettings):
            connect(home)
