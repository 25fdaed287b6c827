"""What the ledger says of submissions, confirmations and waivers, for the command line's lists."""

from pathlib import Path

from contracts import Finding
from warehouse.archive import content_hash
from warehouse.home import Home
from warehouse.ledger import Confirmation, Ledger, Submission, Waiver


def submissions(home: Home) -> list[Submission]:
    """Every submission, oldest first."""
    with Ledger.open(home) as ledger:
        return list(ledger.submissions())


def submissions_of_file(home: Home, file: Path) -> list[tuple[Submission, list[Finding]]]:
    """The submissions that have a file's bytes, with their findings. Raises OSError."""
    with Ledger.open(home) as ledger:
        found = ledger.by_sha256(content_hash([file]))
        return [(one, list(ledger.findings(one.submission_id))) for one in found]


def decisions(home: Home) -> list[Confirmation]:
    """What people decided of reporting units, confirmations and withdrawals: who, when, why."""
    with Ledger.open(home) as ledger:
        return list(ledger.decisions())


def waivers(home: Home) -> list[Waiver]:
    """Every waiver of a rule, those that have ended too."""
    with Ledger.open(home) as ledger:
        return list(ledger.waivers())
