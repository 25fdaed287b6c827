"""The one error of the readers. Raised by every module of this package, made a finding by `ingestion.normalize`."""

from typing import Any


class UnreadableFile(Exception):
    """A file that cannot be read at all. rule_id: the rule of the catalogue that says so; detail: the reason in the
    submitter's words; operands: what else the rule's message takes.
    """

    def __init__(self, rule_id: str, detail: str, **operands: Any) -> None:
        super().__init__(f"{rule_id}: {detail}")
        self.rule_id = rule_id
        self.detail = detail
        self.operands = operands
