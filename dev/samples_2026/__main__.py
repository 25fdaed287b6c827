"""Writes samples/2026 anew; nothing else of samples/ is touched. Give a folder to write there instead."""

import sys
from pathlib import Path

from dev.samples_2026.answers import ANSWERS, write_answers
from dev.samples_2026.files import LAYERS, LISTS, WORKBOOKS
from dev.samples_2026.writing import write_csv, write_workbook
from warehouse.home import CHECKOUT

TARGET = CHECKOUT / "samples" / "2026"


def write(target: Path) -> None:
    """Write all files below a folder. Raises OSError."""
    for file in (*WORKBOOKS, *LISTS, *LAYERS):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
    for file, sheets in WORKBOOKS.items():
        write_workbook(target / file, sheets())
    for file, table in LISTS.items():
        write_csv(target / file, table().lines())
    for file, (layer, _) in LAYERS.items():
        layer(target / file)
    write_answers(target / ANSWERS)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else TARGET)
