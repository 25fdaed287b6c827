"""The one error of the readers. Raised by every module of this package, made a finding by `ingestion.normalize`."""

from typing import Any, Self

from contracts.reading_causes import reading_causes


class UnreadableFile(Exception):
    """A file that cannot be read at all. rule_id: the rule of the catalogue that says so; detail: the reason in the
    submitter's words; operands: what else the rule's message takes.
    """

    def __init__(self, rule_id: str, detail: str, **operands: Any) -> None:
        super().__init__(f"{rule_id}: {detail}")
        self.rule_id = rule_id
        self.detail = detail
        self.operands = operands

    @classmethod
    def because(cls, cause: str, **values: Any) -> Self:
        """The error of a cause of the closed list (contracts/reading_causes.csv). Raises KeyError for one that is not there."""
        one = reading_causes()[cause]
        operands = one.operands(**values)
        return cls(one.rule_id, operands.pop("found"), **operands)
