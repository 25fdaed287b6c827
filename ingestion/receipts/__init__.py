"""The answer to a submission: the submitter's own file with every fault marked, a text, and the same for machines."""

from ingestion.receipts.document import document
from ingestion.receipts.summary import SubmissionSummary, UnitSummary, period_name, unit_name
from ingestion.receipts.words import headline, text
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
