"""What a receipt is about: a submission, its reporting units and how each was decided. Filled by
`pipeline.intake.receipts`.
"""

from dataclasses import dataclass, field
from typing import Literal

from contracts import Contract, contracts
from contracts.normalization_log import Conversion
from contracts.reading_record import ReadingRecord
from contracts.rule_outcomes import RuleOutcomes

UnitState = Literal["accepted", "unchanged", "held", "waiting", "withdrawn"]

# What a reporting unit is called, and the classifier that counts it
NOUNS = {
    "township": ("个", "乡镇"),
    "township_located": ("个", "乡镇"),
    "project": ("个", "项目"),
    "project_township": ("个", "项目（分乡镇）"),
    "event": ("条", "记录"),
    "indicator": ("项", "指标"),
    "layer": ("个", "图层"),
}


@dataclass(frozen=True)
class UnitSummary:
    """One reporting unit of the submission. reporting_unit: its key; reason: why it is held or what it waits for, in the
    submitter's words.
    """

    reporting_unit: str
    period: str | None
    state: UnitState
    reason: str | None = None


@dataclass(frozen=True)
class SubmissionSummary:
    """The submission. dataset: None when it was not recognised; received_at: ISO 8601. Rows are counted as the ledger
    does: read = accepted + held + control. converted: how many entries its normalization log has; conversions: the first
    of them, to be listed; reading: what was done with every sheet, row and column; rules: what became of each rule.
    """

    submission_id: str
    dataset: str | None
    received_at: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_held: int = 0
    rows_control: int = 0
    sender: str | None = None
    period: str | None = None
    converted: int = 0
    conversions: tuple[Conversion, ...] = ()
    reading: ReadingRecord = field(default_factory=ReadingRecord)
    rules: RuleOutcomes = field(default_factory=RuleOutcomes)

    @property
    def contract(self) -> Contract | None:
        return contracts()[self.dataset] if self.dataset else None

    @property
    def noun(self) -> tuple[str, str]:
        """Classifier and noun of the reporting unit."""
        return NOUNS[self.contract.reporting_unit.kind] if self.contract else ("个", "单元")

    @property
    def whole(self) -> str:
        """What the submission as a whole is called."""
        if self.contract is None:
            return "这份文件"
        return "本图层" if self.contract.is_layer else "本表"
