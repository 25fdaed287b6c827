"""What a receipt is about: a submission, its reporting units and how each was decided; and what these are called. Filled by
`pipeline.intake.receipts`; the names are used by the command line and the calendar too.
"""

import re
from dataclasses import dataclass
from typing import Literal

from contracts import Contract, code_lists, contracts
from contracts.normalization_log import Conversion
from contracts.places import township_name

UnitState = Literal["accepted", "unchanged", "held", "waiting"]

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
QUARTERS = "一二三四"
PERIOD = re.compile(r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")


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
    of them, to be listed.
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


def unit_name(contract: Contract | None, reporting_unit: str) -> str:
    """A reporting unit's name as its submitter knows it; what is none of the district's is called as it was written."""
    if contract is None:
        return reporting_unit
    if contract.reporting_unit.kind == "layer":
        return contract.title.zh
    if contract.reporting_unit.kind == "project_township":
        project, _, township = reporting_unit.partition("|")
        return f"{project} {township_name(township)}".strip()
    if contract.reporting_unit.kind == "indicator":
        return code_lists()["indicator"].title(reporting_unit)
    return township_name(reporting_unit)


def period_name(period: str | None) -> str:
    """A canonical period in Chinese: 2025Q1 → 2025年第一季度. Another text, and none, as it is."""
    match = PERIOD.fullmatch(period or "")
    if not match:
        return period or ""
    words = f"{match['year']}年"
    if match["quarter"]:
        words += f"第{QUARTERS[int(match['quarter']) - 1]}季度"
    if match["month"]:
        words += f"{int(match['month'])}月"
    if match["day"]:
        words += f"{int(match['day'])}日"
    return words
