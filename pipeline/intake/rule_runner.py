"""The rule runner: runs the rules of a submission on a connection on which they see what was accepted before it.
`decide`, `accept`, `waive`, `rejudge` and the dry run each open one.
"""

from collections.abc import Collection, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from contracts import Contract, Finding, contract
from contracts.rule_outcomes import RuleOutcomes
from pipeline.intake.changed_figures import Changes, changed_figures
from pipeline.intake.dropped_rows import DroppedRows, dropped_rows
from pipeline.intake.restage import restage
from pipeline.intake.sandbox_policy import failed_run, raise_system_failure
from warehouse.accepted import accepted_relation
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.overlays import BOUNDARY, ZONES

if TYPE_CHECKING:
    from expectations.engine import FollowUpValidation

LAYER_SECONDS = 60.0  # of one layer: all sample layers together are decided in 3.6 (bench/README.md)
LAYER_MEGABYTES = 2048  # twice what that run takes


class RuleRunner:
    """Runs rules over submission tables, on one connection with a view of the accepted rows of every dataset that a
    rule asks for.
    """

    def __init__(self, home: Home, ledger: Ledger) -> None:
        self._home = home
        self._ledger = ledger
        self._fresh: set[tuple[str, frozenset[str]]] = set()

    def __enter__(self) -> "RuleRunner":
        import duckdb

        restage(self._home, self._ledger)
        self._con = duckdb.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con.close()

    def forget_accepted(self, dataset: str) -> None:
        """Make the view of a dataset anew the next time: something of it was accepted since."""
        self._fresh = {(name, apart) for name, apart in self._fresh if name != dataset}

    def check_table(
        self,
        table: Any,
        rules: Contract,
        found: list[Finding],
        excluding: Collection[str],
        outcomes: RuleOutcomes,
    ) -> list[Finding]:
        """Findings of a submission table. found: those that it has already; excluding: ids of submissions that do not
        count as accepted; outcomes: takes what became of each rule.
        """
        from expectations.engine import check
        from expectations.sql_rules import datasets_read

        self._views(
            datasets_read(rules.dataset) | ({BOUNDARY, ZONES, rules.dataset} if rules.is_layer else set()), excluding
        )
        faults = self._layer_findings(table, rules)
        return [*faults, *check(table, rules, self._con, [*found, *faults], outcomes)]

    def rule_ids(self, rules: Contract) -> list[str]:
        """Ids of the rules that `check_table` runs."""
        from expectations.sql_rules import rules as rules_of

        return [one.rule.rule_id for one in rules_of(rules.dataset)]

    def dropped_rows(self, table: Any, rules: Contract) -> DroppedRows:
        """Gives the rows that a submission table lacks of the accepted versions that it replaces."""
        return dropped_rows(self._home, rules, table)

    def changed_figures(self, table: Any, rules: Contract) -> Changes:
        """Says what a submission table has otherwise than the accepted versions that it replaces."""
        return changed_figures(self._home, rules, table)

    def check_following(
        self, rules: Contract, reporting_units: list[str], period: str
    ) -> dict[str, "FollowUpValidation"]:
        """By submission, the follow-up validation of the accepted period after these units' newly accepted one."""
        from expectations.engine import check_following
        from expectations.sql_rules import datasets_read

        self._views(datasets_read(rules.dataset) | {rules.dataset})
        return check_following(rules, self._con, reporting_units, period)

    def check_beside(self, dataset: str) -> dict[str, "FollowUpValidation"]:
        """By submission, the validation of what is accepted of other datasets by those of its rules that compare it with
        this one, beside what is accepted apart from itself.
        """
        from expectations.engine import by_submission, check_accepted
        from expectations.relations import accepted_read
        from expectations.sql_rules import rules_beside

        found: dict[str, FollowUpValidation] = {}
        for other, chosen in rules_beside(dataset).items():
            if not self._ledger.current_units(other):
                continue
            reads = frozenset().union(*(accepted_read(one.sql, other) for one in chosen))
            self._views({other})
            accepted = by_submission(self._con.table(f"accepted_{other}").to_arrow_table())
            for submission, rows in accepted.items():
                self._views(reads, {submission} if other in reads else ())
                found[submission] = check_accepted(rows, contract(other), self._con, chosen)
        return found

    def partition_layers(self, table: Any, rules: Contract, excluding: Collection[str] = ()) -> tuple[Any, Any] | None:
        """Townships and zones of which a build would make its base partition if this submission table were accepted;
        None where it is neither, or the other one is not there.
        """
        if rules.dataset not in (BOUNDARY, ZONES):
            return None
        self._views({BOUNDARY, ZONES}, excluding)
        if rules.dataset == ZONES:
            townships = self._townships()
            return None if townships is None else (townships, table.select(["zoning", "zone_code", "geometry"]))
        zones = self._zones(table, rules)
        return None if zones is None else (table.select(["township_code", "geometry"]), zones)

    def _views(self, datasets: Iterable[str], excluding: Collection[str] = ()) -> None:
        """Make the views of the accepted rows of datasets, where they are not fresh."""
        left_out = frozenset(excluding)
        for dataset in sorted(datasets):
            if (dataset, left_out) not in self._fresh:
                accepted_relation(self._con, self._ledger, self._home, dataset, excluding=left_out)
                self._fresh = {(name, apart) for name, apart in self._fresh if name != dataset} | {(dataset, left_out)}

    def _layer_findings(self, table: Any, rules: Contract) -> list[Finding]:
        """Findings of a layer's geometry, checked in the sandbox: it comes from outside, and goes through C libraries."""
        if not rules.is_layer:
            return []
        from ingestion import sandbox
        from ingestion.normalize.layer_checks import layer_checks

        given = (table, rules, self._townships(), self._others(table, rules), self._zones(table, rules))
        ran = sandbox.run(layer_checks, *given, seconds=LAYER_SECONDS, megabytes=LAYER_MEGABYTES)
        raise_system_failure(ran)
        return ran.value if ran.ok else [failed_run(ran)]

    def _townships(self) -> Any:
        """The latest accepted township boundaries as an Arrow table, None while there are none."""
        latest = self._con.sql(
            f"select township_code, geometry from accepted_{BOUNDARY} where period = (select max(period) from accepted_{BOUNDARY})"
        ).to_arrow_table()
        return latest if latest.num_rows else None

    def _zones(self, table: Any, rules: Contract) -> Any:
        """The latest accepted zones as an Arrow table, for a boundary by which a build would divide them; None for any
        other layer, and while there are none.
        """
        if rules.dataset != BOUNDARY:
            return None
        latest = self._con.sql(f"select max(period) from accepted_{BOUNDARY}").fetchone()
        if latest and latest[0] and max(filter(None, table["period"].to_pylist()), default="") < latest[0]:
            return None
        zones = self._con.sql(
            f"select zoning, zone_code, geometry from accepted_{ZONES} where period = (select max(period) from accepted_{ZONES})"
        ).to_arrow_table()
        return zones if zones.num_rows else None

    def _others(self, table: Any, rules: Contract) -> Any:
        """Accepted features that a layer does not replace and must not lie on, each unit's latest; None where no
        contract asks.
        """
        import pyarrow as pa

        group = rules.layout.overlaps_within
        if not rules.layout.overlaps_between or not group:
            return None
        reporting_units, latest = (
            sorted(set(table["reporting_unit"].to_pylist())),
            max(filter(None, table["period"].to_pylist()), default=""),
        )
        schema = pa.schema(
            [(group, pa.string()), ("period", pa.string()), ("feature", pa.string()), ("geometry", pa.binary())]
        )
        return (
            self._con.execute(
                f"""
            select "{group}", period, feature, geometry from accepted_{rules.dataset}
            where not list_contains(?, reporting_unit) and period <= ?
            qualify rank() over (partition by reporting_unit order by period desc) = 1
            """,
                [reporting_units, latest],
            )
            .to_arrow_table()
            .cast(schema)
        )
