"""The SQL rules of a dataset, from their files and the catalogue. `engine` runs them."""

from dataclasses import dataclass
from functools import cache

from contracts import Rule, catalogue, contract, contracts
from contracts.findings import SEVERITIES
from expectations.relations import BOUNDARY, PARAMETER, RULES, accepted_read


@dataclass(frozen=True)
class SqlRule:
    """A rule: its catalogue row and its SQL."""

    rule: Rule
    sql: str

    @property
    def parameters(self) -> dict[str, float]:
        """Parameters of the SQL. Raises ValueError where it needs a threshold that the catalogue lacks."""
        if PARAMETER not in self.sql:
            return {}
        if self.rule.threshold is None:
            raise ValueError(f"{self.rule.rule_id}: the catalogue has no threshold")
        return {"threshold": self.rule.threshold}


@cache
def rules(dataset: str) -> tuple[SqlRule, ...]:
    """Rules of a dataset, errors first. Raises KeyError for an SQL file without a catalogue row."""
    found = [
        SqlRule(catalogue()[f"{dataset}.{path.stem}"], path.read_text(encoding="utf-8"))
        for path in sorted((RULES / dataset).glob("*.sql"))
    ]
    return tuple(sorted(found, key=lambda rule: SEVERITIES.index(rule.rule.severity)))


@cache
def datasets_read(dataset: str) -> frozenset[str]:
    """Datasets of whose accepted rows the rules of a dataset read something: `check` needs no other view."""
    return frozenset().union(*(accepted_read(rule.sql, dataset) for rule in rules(dataset)))


@cache
def rules_beside(dataset: str) -> dict[str, tuple[SqlRule, ...]]:
    """By other dataset, those of its rules that compare it with what is accepted of this one, and that nobody would ask
    where this one comes later.

    Left out: all beside a boundary, for which everything waits, and those between a layer and a table that each have a
    rule about the other, so that whichever comes later is compared.
    """
    if dataset == BOUNDARY:
        return {}
    found = {}
    for other in sorted(contracts().keys() - {dataset}):
        is_mutual = (contract(dataset).is_layer or contract(other).is_layer) and other in datasets_read(dataset)
        chosen = tuple(one for one in rules(other) if dataset in accepted_read(one.sql, other) and not is_mutual)
        if chosen:
            found[other] = chosen
    return found
