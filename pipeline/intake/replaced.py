"""Tells the submitters of versions that another one took the place of, and of those that are in force again. The follow-up
of a decision calls it.
"""

from contracts import Contract, Finding, contract, finding
from contracts.findings import REPLACED
from pipeline.intake.changed_figures import ChangedFigures, UnitKey, compare, is_update, version_key
from pipeline.intake.failures import record
from pipeline.intake.receipts import give_receipt
from warehouse.home import Home
from warehouse.integrity import DamagedArchive, DamagedStaged
from warehouse.ledger import Ledger, UnitRecord
from warehouse.staged import read_staged


def tell_replaced(home: Home, ledger: Ledger, submission_id: str) -> None:
    """Enter of every submission of which this one ended versions, and of this one, which of its units have another version
    in force since and what differs; a unit that is in force again is said no more to be replaced. Writes their receipts.
    """
    dataset = str(ledger.get(submission_id).dataset)
    ended = {one.submission_id for one in ledger.versions(dataset) if one.ended_by == submission_id}
    for name in sorted({submission_id, *ended}):
        found = _replaced_units(home, ledger, contract(dataset), name)
        ledger.add_follow_up(name, found, lambda item: item.rule_id == REPLACED)
        is_written_here = name != submission_id or found  # else by whoever decided on it
        if is_written_here and name in ledger.receipts_due():
            give_receipt(home, ledger, name)


def _replaced_units(home: Home, ledger: Ledger, rules: Contract, name: str) -> list[Finding]:
    by: dict[str, list[UnitRecord]] = {}
    for one in ledger.reporting_units(name):
        if one.state == "accepted" and one.ended_by not in (None, name):
            by.setdefault(str(one.ended_by), []).append(one)
    found = []
    for newer, ended in by.items():
        since = {one.reporting_unit: one.period for one in ledger.reporting_units(newer)}
        reporting_units = [one for one in ended if not is_update(rules, one.period, since.get(one.reporting_unit))]
        if not reporting_units:
            continue
        differing = _differing(home, ledger, rules, name, newer)
        found += [
            finding(
                REPLACED,
                reporting_unit=one.reporting_unit,
                period=one.period,
                found=ledger.get(newer).file_name,
                **differing.get(version_key(rules, one), ChangedFigures(is_known=False)).as_operands(),
            )
            for one in reporting_units
        ]
    return found


def _differing(home: Home, ledger: Ledger, rules: Contract, older: str, newer: str) -> dict[UnitKey, ChangedFigures]:
    """What differs between two submissions by unit; nothing where the older one's table and its original are both gone."""
    files = [str(ledger.get(name).staged_as) for name in (older, newer)]
    try:
        return compare(rules, *(read_staged(home, file, rules.dataset) for file in files))
    except (DamagedArchive, DamagedStaged, FileNotFoundError) as error:
        record(home, f"compare {older} with {newer}", error)
        return {}
