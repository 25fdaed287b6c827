"""docs/rooms.svg: drawn from the imports, each room above those that it imports; docs/architecture.md names them all."""

import tomllib
from xml.etree import ElementTree

import pytest

from dev.rooms_picture import levels, rooms, rooms_picture, without_shortcuts
from warehouse.home import CHECKOUT, packages

GRAPH = {"top": {"middle", "low"}, "middle": {"low"}, "low": set(), "alone": set()}


def test_a_room_stands_above_those_that_it_imports() -> None:
    assert levels(GRAPH) == {"top": 2, "middle": 1, "low": 0, "alone": 0}


def test_a_circle_is_an_error() -> None:
    with pytest.raises(RecursionError):
        levels({"a": {"b"}, "b": {"a"}})


def test_an_arrow_that_a_longer_way_replaces_is_left_out() -> None:
    assert without_shortcuts(GRAPH) == {"top": {"middle"}, "middle": {"low"}, "low": set(), "alone": set()}


def test_the_picture_is_well_formed_and_has_every_room_once() -> None:
    svg = ElementTree.fromstring(rooms_picture())
    titles = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "t"]
    assert sorted(titles) == [f"{room}/" for room in rooms()]
    assert {"cli", "contracts", "dags", "orchestration", "pipeline", "warehouse"} <= set(rooms())


def test_the_guide_names_every_room() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in (*rooms(), "dbt_project", "tests", "bench", "docs") if f"`{room}/`" not in text] == []
    assert "rooms.svg" in text


def test_the_rules_of_imports_place_every_package() -> None:
    rules = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    placed = {name.strip() for layer in rules["contracts"][0]["layers"] for name in layer.split("|")}
    assert set(rules["root_packages"]) == placed == packages() - {"bench"}, "bench may import any room"
