"""Reporting units as people write them on the command line; `accept`, `waive` and `withdraw` look them up here."""

from contracts.places import township


def unit_key(written: str) -> str:
    """The unit that was written: the name of a township stands for its code, alone or after a project (A3 荫城镇)."""
    project, bar, place = written.rpartition("|") if "|" in written else written.rpartition(" ")
    found = township(place)
    return f"{project}|{found.township_code}" if found and bar else found.township_code if found else written
