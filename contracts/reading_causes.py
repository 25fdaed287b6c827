"""Why a file cannot be read: the closed list of causes (reading_causes.csv), each with the rule that says so."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contracts.findings import Finding, finding
from contracts.model import Title

CAUSES = Path(__file__).resolve().parent / "reading_causes.csv"


@dataclass(frozen=True)
class ReadingCause:
    """One row of the list. words: templates, which take what is counted or named."""

    rule_id: str
    words: Title

    def operands(self, **values: Any) -> dict[str, Any]:
        """What the rule's message takes: the cause in Chinese (found) and in English (found_en)."""
        return {"found": self.words.zh.format(**values), "found_en": self.words.en.format(**values)}


@cache
def reading_causes() -> dict[str, ReadingCause]:
    """Every cause by its name."""
    with CAUSES.open(encoding="utf-8", newline="") as file:
        return {
            row["cause"]: ReadingCause(row["rule_id"], Title(zh=row["zh"], en=row["en"]))
            for row in csv.DictReader(file)
        }


def unreadable_because(cause: str, **values: Any) -> Finding:
    """The finding of a cause. Raises KeyError for a cause that is not in the list."""
    one = reading_causes()[cause]
    return finding(one.rule_id, **one.operands(**values))
