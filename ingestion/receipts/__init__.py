"""The receipt of a submission: the submitter's own file with every fault marked, a text, and the same for machines. Called by
`pipeline.intake.receipts`.
"""

from ingestion.receipts.document import document
from ingestion.receipts.report_text import headline, text
from ingestion.receipts.summary import SubmissionSummary, UnitSummary
from ingestion.receipts.write import Receipt, write_receipt

__all__ = [
    "Receipt",
    "SubmissionSummary",
    "UnitSummary",
    "document",
    "headline",
    "text",
    "write_receipt",
]
