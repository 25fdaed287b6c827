"""The receipt of a submission: the submitter's own file with every fault marked, a text, and the same for machines. Called by
`pipeline.intake.receipts`; `ingestion.receipts.write` writes them, with openpyxl, in a process of its own.
"""

from ingestion.receipts.document import document
from ingestion.receipts.report_text import headline, text
from ingestion.receipts.summary import SubmissionSummary, UnitSummary

__all__ = [
    "SubmissionSummary",
    "UnitSummary",
    "document",
    "headline",
    "text",
]
