"""The rule outcomes of submissions in the audit trail: entered with each decision, never changed; the newest one up to a
moment counts. The parts of the ledger that decide call it; an older ledger has none.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from contracts.rule_outcomes import RuleOutcomes, outcomes_of
from warehouse.ledger import schema
from warehouse.ledger.store import Store
from warehouse.ledger.types import Submission

RULES_RUN = "rules_run"
"""Action of the event that holds the outcomes; stored, so the word stays."""
_E = schema.event.c


def rule_outcomes_of(
    connection: Connection, submission_id: str | None = None, as_of: datetime | None = None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The newest outcomes of each submission in their stored form, of one submission or of all, now or as of a moment."""
    newest = select(func.max(_E.event_id)).where(_E.action == RULES_RUN).group_by(_E.submission_id)
    if submission_id is not None:
        newest = newest.where(_E.submission_id == submission_id)
    if as_of is not None:
        newest = newest.where(_E.at <= as_of)
    chosen = select(_E.submission_id, _E.detail).where(_E.event_id.in_(newest)).order_by(_E.event_id)
    for row in connection.execute(chosen):
        yield row.submission_id, row.detail


class RuleRuns(Store):
    """The part of the ledger that keeps rule outcomes."""

    def rule_outcomes(self, submission_id: str) -> RuleOutcomes:
        """What became of each rule for each reporting unit of a submission; nothing where that was not kept."""
        with self.reading() as connection:
            return outcomes_of(dict(rule_outcomes_of(connection, submission_id)).get(submission_id, {}))

    def _are_new_rules(self, connection: Connection, submission_id: str, rules: RuleOutcomes | None) -> bool:
        known = dict(rule_outcomes_of(connection, submission_id)).get(submission_id, {})
        return rules is not None and bool(rules) and rules.as_dict() != known

    def _record_rules(
        self, connection: Connection, now: datetime, submission: Submission, rules: RuleOutcomes | None
    ) -> None:
        """Enter outcomes, where there are any and they are not those known."""
        if rules is not None and self._are_new_rules(connection, submission.submission_id, rules):
            self._record(
                connection, now, RULES_RUN, submission.submission_id, dataset=submission.dataset, detail=rules.as_dict()
            )
