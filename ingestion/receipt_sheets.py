"""Names of the sheets that a receipt puts before the submitter's own.

Written by `ingestion.receipts`; skipped by `ingestion.sniff` and `ingestion.normalize` when the workbook comes back
corrected.
"""

RECEIPT_SHEET, NORMALIZATION_SHEET = "审核结果", "自动规范"
