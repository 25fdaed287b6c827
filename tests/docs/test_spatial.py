"""docs/spatial.md names every rule of layers, and no other."""

import re

from contracts import catalogue
from warehouse.home import CHECKOUT

GUIDE = CHECKOUT / "docs" / "spatial.md"


def test_the_guide_names_every_rule_of_layers() -> None:
    rows = [
        line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("|") and line.count("|") == 4
    ]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[3])}
    assert named == {rule.removeprefix("layer.") for rule in catalogue() if rule.startswith("layer.")}
