"""Sends back what was accepted and yet cannot be built: its submission is held again with a finding, people are notified,
and the build goes on without it. `pipeline.build.run` overlays through it.
"""

from datetime import datetime
from typing import Any

from contracts import finding
from pipeline.build import overlays, spatial_derivations
from pipeline.build.overlays import CannotBeBuilt
from pipeline.intake.check import CANNOT_BE_BUILT
from pipeline.intake.outcomes import CheckedSubmission
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.intake.rejudge import record
from pipeline.intake.rule_runner import RuleRunner
from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import Ledger, NewNotice, Submission, UnitOutcome
from warehouse.ledger.staging import KEPT_STATES
from warehouse.overlays import missing_overlays
from warehouse.spatial_derivations import missing_derived
from warehouse.staged import intact

MOST_SENT_BACK = 10
"""Submissions that one build sends back. More is hardly the fault of files that each passed its checks: then the program is
wrong, and the build fails for an engineer to see."""


def overlay(home: Home, ledger: Ledger, as_of: datetime | None = None) -> dict[str, Any]:
    """Cut the accepted layers and compute what follows from them, where that is not done yet; what stands against it is
    sent back first.

    as_of: as it was at a moment; nothing of the past is sent back. Returns {"cut", "kept": layers, "derived": {"computed",
    "kept": files}, "sent_back": ids of submissions}. Raises CannotBeBuilt.
    """
    sent_back: list[str] = []
    while True:
        try:
            _verify_read(home, ledger, as_of)
            return {
                **overlays.refresh(home, ledger, as_of),
                "derived": spatial_derivations.refresh(home, ledger, as_of),
                "sent_back": sent_back,
            }
        except CannotBeBuilt as fault:
            if as_of is not None or len(sent_back) == MOST_SENT_BACK or fault.submission_id in sent_back:
                raise
            send_back(home, ledger, fault)
            sent_back.append(fault.submission_id)


def _verify_read(home: Home, ledger: Ledger, as_of: datetime | None) -> None:
    """Verify every staged file that will be read, and make again what is damaged, before anything is named by its
    reading: another reading calls for other overlays, which may read further files.
    """
    verified: set[str] = set()
    while new := _to_be_read(home, ledger, as_of) - verified:
        for name in sorted(new):
            intact(home, str(ledger.get(name).staged_as))
        verified |= new


def _to_be_read(home: Home, ledger: Ledger, as_of: datetime | None) -> set[str]:
    """The submissions of which overlays or derivations are missing."""
    cut, derived = missing_overlays(home, ledger, as_of), missing_derived(home, ledger, as_of)
    partitions = {name for key in (*cut, *derived) for name in (key.partition.boundary, key.partition.zones)}
    layers = {key.submission_id for key in cut if key.submission_id}
    return partitions | layers | {name for key in derived for name in spatial_derivations.made_of(key)}


def send_back(home: Home, ledger: Ledger, fault: CannotBeBuilt) -> None:
    """Hold every accepted unit of a submission again, with a finding, a new receipt and a notice."""
    submission = ledger.get(fault.submission_id)
    reporting_units = ledger.reporting_units(submission.submission_id)
    outcomes = [
        UnitOutcome(
            one.reporting_unit,
            one.period,
            "waiting" if one.state == "waiting" else "held",
            one.rows,
            one.facts,
            one.content_hash,
            one.waits_for,
        )
        for one in reporting_units
    ]
    found = [
        finding(CANNOT_BE_BUILT, reporting_unit=one.reporting_unit, period=one.period, found=fault.why)
        for one in reporting_units
        if one.state in KEPT_STATES
    ]
    known = ledger.findings(submission.submission_id)
    checked = CheckedSubmission(outcomes, [*known, *found], dict(submission.checked_against))
    notice = _notice(ledger, submission, fault.why)
    with RuleRunner(home, ledger) as rule_runner:
        record(home, ledger, rule_runner, submission, checked, f"{CANNOT_BE_BUILT}: {fault.why}", notice)
    update_receipt_index(home, ledger)
    notices.write_file(home, ledger)


def _notice(ledger: Ledger, submission: Submission, why: str) -> NewNotice:
    """The notice of it, one for each time that it is sent back."""
    name = submission.submission_id
    times = len(ledger.events(name, actions=["judged_again"]))
    kind: notices.Kind = "sent_back"
    return NewNotice(
        kind,
        f"{kind} {name} {times}",
        f"{submission.file_name} 已退回：无法计算 (sent back by a build)",
        f"{name}（{submission.file_name}）已接收，但无法与现行数据一起计算，已退回并出具新回执；其余照常发布。"
        f"原因：{why}。更正重报，或查明后用 warehouse rejudge {name} --because … 重审。 "
        "(It was accepted but cannot be built with what is in force; it is held again, everything else is published. "
        f"Correct and send again, or `warehouse rejudge {name}`.)",
        {"submission_id": name, "dataset": submission.dataset, "why": why},
    )
