"""What the ledger keeps of approvals and revocations, and the end of those that a crash interrupted: `approve` and `revoke`
call it, and whatever publishes.

Each is begun in the ledger, then carried out in the edition's folder, then recorded. What was begun and stands in the
folder is recorded by the next who comes; a folder that nobody began is never taken for an approval.
"""

import contextlib

from contracts import contracts
from contracts.calendar import today
from pipeline.calendar.due_dates import due_on
from pipeline.release.closing import Closing, closing_of
from warehouse import editions
from warehouse.editions import Edition
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.locks import publisher
from warehouse.publication import APPROVED

REVOKED = "revoked"
"""Action of the audit trail's event of a revocation; stored."""
INCOMPLETE = "closed_incomplete"
"""Action of the event that an approval closed a period although reports were missing; stored."""
BEGUN = {APPROVED: "approval_begun", REVOKED: "revocation_begun"}
"""Actions of the events before either; stored."""


def begin_approval(ledger: Ledger, build_id: str, period: str) -> None:
    """Note that a build is about to become an edition of a period."""
    ledger.note(BEGUN[APPROVED], detail={"build_id": build_id, "period": period})


def begin_revocation(ledger: Ledger, edition: str) -> None:
    """Note that an edition is about to be revoked."""
    ledger.note(BEGUN[REVOKED], detail={"revoked": edition})


def finish_approvals(home: Home) -> list[str]:
    """As `finish_interrupted`, of a home that may have no ledger yet, and while nobody else approves. Raises locks.Busy."""
    with Ledger.open(home.ensure()) as ledger, publisher(home):
        return finish_interrupted(home, ledger)


def finish_interrupted(home: Home, ledger: Ledger) -> list[str]:
    """Record the approvals and revocations that were begun, stand in their folders, and that a crash kept out of the
    ledger; gives the names of their editions. An edition that cannot be read stops nothing: `verify` names it.
    """
    found = []
    begun = {
        (event.detail["build_id"], event.detail["period"]): event.at
        for event in ledger.events(actions=[BEGUN[APPROVED]])
    }
    begun_revocations = {event.detail["revoked"] for event in ledger.events(actions=[BEGUN[REVOKED]])}
    for edition in _readable(home) if begun or begun_revocations else ():
        at = begun.get((edition.build_id, edition.period))
        if at is not None and edition.approved_at >= at and not _is_recorded(ledger, APPROVED, edition):
            record_approval(
                ledger, edition, closing_of(ledger, home.editions / edition.edition, edition.period, today())
            )
            found.append(edition.edition)
        if edition.is_revoked and edition.edition in begun_revocations and not _is_recorded(ledger, REVOKED, edition):
            record_revocation(ledger, edition, reopens(home, ledger, edition))
            found.append(edition.edition)
    return found


def _readable(home: Home) -> list[Edition]:
    """Every edition whose description can be read, in the order of their approval."""
    found = []
    for file in home.editions.glob(f"*/{editions.EDITION}"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found.append(editions.read(file.parent))
    return sorted(found, key=lambda one: one.approved_at)


def record_approval(ledger: Ledger, edition: Edition, closing: Closing) -> None:
    """Close the periods of an edition and record its approval, once."""
    if not _is_recorded(ledger, APPROVED, edition):
        _close(ledger, edition, closing)
        ledger.note(APPROVED, detail=approval_detail(edition))


def reopens(home: Home, ledger: Ledger, revoked: Edition) -> list[str]:
    """The periods (`dataset period`) that a revocation opens again: those that the edition closed and that nobody else
    did; none once it is recorded.
    """
    if _is_recorded(ledger, REVOKED, revoked):
        return []
    edition = revoked.edition
    standing = [one for one in editions.approved(home) if not one.is_revoked and one.edition != edition]
    others = {item for one in standing for item in one.closes}
    shut = {f"{one.dataset} {one.period}" for one in ledger.periods(is_open=False)}
    # a period that was opened again, and then closed by somebody else, stays as that person left it
    closed_by = {
        f"{event.dataset} {event.period}": event.detail.get("edition")
        for event in ledger.events(actions=["period_closed"])
    }
    return [item for item in revoked.closes if item in shut and closed_by.get(item) == edition and item not in others]


def record_revocation(ledger: Ledger, revoked: Edition, reopened: list[str]) -> None:
    """Open periods again and record the revocation, once."""
    if _is_recorded(ledger, REVOKED, revoked):
        return
    for item in reopened:
        dataset, period = item.split(" ")
        ledger.reopen_period(
            dataset,
            period,
            because=f"{revoked.edition} 已撤销：{revoked.revoked_because}",
            decided_by=str(revoked.revoked_by),
        )
    ledger.note(
        REVOKED,
        detail={
            "edition": revoked.edition,
            "revoked_by": revoked.revoked_by,
            "because": revoked.revoked_because,
        },
    )


def approval_detail(edition: Edition) -> dict[str, str]:
    """The detail of an approval's event in the audit trail."""
    return {
        "edition": edition.edition,
        "build_id": edition.build_id,
        "approved_by": edition.approved_by,
        "because": edition.because,
        **({"login": edition.login} if edition.login else {}),
    }


def _is_recorded(ledger: Ledger, action: str, edition: Edition) -> bool:
    return any(event.detail["edition"] == edition.edition for event in ledger.events(actions=[action]))


def _close(ledger: Ledger, edition: Edition, closing: Closing) -> None:
    for item in edition.closes:
        dataset, one = item.split(" ")
        ledger.open_period(dataset, one, due_on(contracts()[dataset], one))
        ledger.close_period(dataset, one, detail={"edition": edition.edition, "decided_by": edition.approved_by})
        if missing := closing.incomplete.get((dataset, one)):
            detail = {"edition": edition.edition, "period": one, "missing": missing, "decided_by": edition.approved_by}
            ledger.note(INCOMPLETE, dataset=dataset, detail=detail)
