"""Where a submission's receipt lies: under whoever gets it, by the name of the file. Called by `receipts`."""

import re
from collections.abc import Iterable
from pathlib import Path

from contracts import contract
from contracts.names import unit_name
from ingestion.receipts.index import INDEX_NAMES
from ingestion.receipts.names import LONGEST_FOLDER_BYTES, file_stem, folder_name
from warehouse.home import Home
from warehouse.ledger import Submission, UnitRecord

OF_SEVERAL = "多个单位"  # the folder of receipts of no sender's folder, with several units or none
OF_A_RECEIPT = re.compile(r"S\d{8}-\d+")  # receipts of earlier versions lie under their submission's id


def receipt_folder(home: Home, submission: Submission, reporting_units: Iterable[UnitRecord]) -> Path:
    """The folder of a submission's receipt: where it lies already, else `<sender or reporting unit>/<file>-<id>`.

    The id keeps receipts of one file name apart, whoever writes them first; a receipt that is there keeps its place, so
    that what leads to it still does when its units are others.
    """
    if submission.receipt_as is not None:
        return home.absolute(submission.receipt_as)
    stem = file_stem(submission.file_name, LONGEST_FOLDER_BYTES)
    return home.receipts / _recipient(submission, reporting_units) / f"{stem}-{submission.submission_id}"


def _recipient(submission: Submission, reporting_units: Iterable[UnitRecord]) -> str:
    """The folder of whoever gets it: the sender of the inbox, else the one reporting unit, else OF_SEVERAL."""
    rules = contract(submission.dataset) if submission.dataset else None
    concerned = {one.reporting_unit for one in reporting_units if one.state != "dropped"}
    name = submission.sender or (unit_name(rules, concerned.pop()) if len(concerned) == 1 else OF_SEVERAL)
    safe = folder_name(name)
    return f"{safe}_" if safe in INDEX_NAMES or OF_A_RECEIPT.fullmatch(safe) else safe
