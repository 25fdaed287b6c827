"""The receipt of a submission: the submitter's own file with every fault marked, a text, and the same for machines. Called by
`pipeline.intake.receipts`.
"""

from ingestion.receipts.document import document
from ingestion.receipts.report_text import headline, text
from ingestion.receipts.summary import SubmissionSummary, UnitSummary, period_name, unit_name
from ingestion.receipts.write import Receipt, write_receipt

__all__ = [
    "Receipt",
    "SubmissionSummary",
    "UnitSummary",
    "document",
    "headline",
    "period_name",
    "text",
    "unit_name",
    "write_receipt",
]
