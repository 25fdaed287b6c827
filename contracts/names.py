"""What reporting units, periods and states of a submission are called in Chinese, for receipts and their index, forms, the
calendar and the command line.
"""

import re

from contracts.loader import code_lists
from contracts.model import Contract
from contracts.places import township_name
from contracts.reference import code_names

QUARTERS = "一二三四"
SUBMISSION_STATES_ZH = code_names("submission_state")
PERIOD = re.compile(r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")


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
