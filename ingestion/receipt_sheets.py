"""Names of the sheets that a receipt puts before the submitter's own, and how long a sheet's name may be.

Written by `ingestion.receipts`; skipped by `ingestion.sniff` and `ingestion.normalize` when the workbook comes back
corrected. `ingestion.templates` asks for the length alone.
"""

RECEIPT_SHEET, NORMALIZATION_SHEET = "审核结果", "自动规范"
LONGEST_SHEET_NAME = 31  # characters, by the format
