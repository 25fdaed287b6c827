"""Rule outcomes of a submission: for each rule of its dataset and each reporting unit whether it passed, failed or does not
apply, and why. Collected by `expectations` while the rules run, kept with the decision, shown by receipts and a mart.

A rule passes only where it has asked something of a row of the unit. A rule of the contract that many fields have
(`contract.missing_value`) has an outcome for each of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.findings import Finding
from contracts.model import Title

RULES_NOTE = "rules"
"""Key under which a submission's notes keep the outcomes of the rules that reading runs, as JSON."""

Outcome = Literal["passed", "failed", "not_applicable"]
Reason = Literal[
    "lifted",
    "named_elsewhere",
    "no_earlier_period",
    "no_reference",
    "not_concerned",
    "no_value",
    "error_before",
    "needs_missing",
    "not_read",
    "not_recorded",
]
OUTCOMES: dict[Outcome, Title] = {
    "passed": Title(zh="通过", en="passed"),
    "failed": Title(zh="未通过", en="failed"),
    "not_applicable": Title(zh="不适用", en="not applicable"),
}
REASONS: dict[Reason, Title] = {
    "lifted": Title(zh="已豁免或已确认，不再退回", en="an override lets the unit in all the same"),
    "named_elsewhere": Title(
        zh="与其他单位合计，问题标在另一单位", en="of several units together: another one has the finding"
    ),
    "no_earlier_period": Title(
        zh="没有更早的已接收数据可比", en="nothing of an earlier period is in force to compare with"
    ),
    "no_reference": Title(zh="没有可核对的其他数据", en="what it is compared with is not there"),
    "not_concerned": Title(zh="没有该规则所指的行", en="no row of the unit is one that the rule is about"),
    "no_value": Title(zh="没有填报该项的值", en="no row of the unit has the values that it asks for"),
    "error_before": Title(zh="该处已有其他须改正的问题", en="an error found before at the same place hides it"),
    "needs_missing": Title(zh="所需的其他数据未到，尚未审核", en="not run: it waits for data that is not there yet"),
    "not_read": Title(zh="内容未能读取，未审核", en="not run: the values could not be read"),
    "not_recorded": Title(zh="读取时尚未保存审核记录", en="run when outcomes were not yet kept"),
}
CODES: dict[str, tuple[Outcome, Reason | None]] = {
    "P": ("passed", None),
    "F": ("failed", None),
    "L": ("failed", "lifted"),
    "T": ("failed", "named_elsewhere"),
    "E": ("not_applicable", "no_earlier_period"),
    "R": ("not_applicable", "no_reference"),
    "C": ("not_applicable", "not_concerned"),
    "V": ("not_applicable", "no_value"),
    "H": ("not_applicable", "error_before"),
    "W": ("not_applicable", "needs_missing"),
    "U": ("not_applicable", "not_read"),
    "N": ("not_applicable", "not_recorded"),
}
"""The letters by which outcomes are stored; in ledgers, so they stay."""
PASSED, FAILED, LIFTED, ELSEWHERE = "P", "F", "L", "T"
NO_EARLIER, NO_REFERENCE, NOT_CONCERNED, NO_VALUE = "E", "R", "C", "V"
HIDDEN, WAITS, UNREAD, UNRECORDED = "H", "W", "U", "N"

UnitKey = tuple[str, str | None]
"""A reporting unit and its period."""
RuleKey = tuple[str, str | None]
"""A rule's id, and the field where it is one that many fields have."""


@dataclass
class RuleOutcomes:
    """Outcomes by rule and reporting unit, as letters of CODES."""

    by_rule: dict[RuleKey, dict[UnitKey, str]] = field(default_factory=dict)

    def put(self, rule: RuleKey, units: Iterable[UnitKey], code: str) -> None:
        """Give a rule an outcome for some units, in place of the one it has."""
        self.by_rule.setdefault(rule, {}).update(dict.fromkeys(units, code))

    def put_instead(self, rule: RuleKey, unit: UnitKey, known: str, code: str) -> None:
        """Give a rule an outcome for a unit that has a known one so far; any other stays."""
        if self.by_rule.get(rule, {}).get(unit) == known:
            self.by_rule[rule][unit] = code

    def update(self, newer: "RuleOutcomes") -> None:
        """Take over the outcomes of rules that ran again."""
        for rule, units in newer.by_rule.items():
            self.by_rule.setdefault(rule, {}).update(units)

    def put_findings(self, findings: Iterable[Finding]) -> None:
        """Let findings count: their rule failed for their unit; lifted, where an override lifts all of them. Those of the
        whole file count for the units where the rule is known to be broken, else for every unit.
        """
        by_id: dict[str, list[Finding]] = {}
        for item in findings:
            by_id.setdefault(item.rule_id, []).append(item)
        for rule, units in self.by_rule.items():
            failed: dict[UnitKey, bool] = {}
            for item in by_id.get(rule[0], ()):
                for unit in self._concerned(rule, item):
                    failed[unit] = failed.get(unit, True) and item.lifted_by is not None
            units.update({unit: LIFTED if is_lifted else FAILED for unit, is_lifted in failed.items()})

    def _concerned(self, rule: RuleKey, item: Finding) -> list[UnitKey]:
        units = self.by_rule[rule]
        if rule[1] is not None and item.field != rule[1]:
            return []
        concerned = _of(units, item)
        broken = [unit for unit in concerned if units[unit] in (FAILED, HIDDEN)]
        return broken if broken and item.reporting_unit is None else concerned

    def only(self, units: Collection[UnitKey]) -> "RuleOutcomes":
        """Those of some units."""
        return RuleOutcomes(
            {
                rule: {unit: code for unit, code in codes.items() if unit in units}
                for rule, codes in self.by_rule.items()
            }
        )

    def counts(self) -> dict[Outcome, int]:
        """How many rules, counted for each unit, passed, failed and do not apply."""
        letters = Counter(code for units in self.by_rule.values() for code in units.values())
        return {
            outcome: sum(number for code, number in letters.items() if CODES[code][0] == outcome)
            for outcome in OUTCOMES
        }

    def listed(self) -> Iterator[dict[str, Any]]:
        """The public list: one entry for each rule, outcome and reason, with its units; without them where it is the one
        outcome of the rule.
        """
        for (rule_id, of_field), units in sorted(self.by_rule.items(), key=lambda item: (item[0][0], item[0][1] or "")):
            for code in (code for code in CODES if code in units.values()):
                outcome, reason = CODES[code]
                some = sorted((unit for unit, own in units.items() if own == code), key=_order)
                named = [{"unit": unit, "period": period} for unit, period in some]
                yield {
                    "rule_id": rule_id,
                    "field": of_field,
                    "outcome": outcome,
                    "reason": reason,
                    **({} if len(some) == len(units) else {"units": named}),
                }

    def public(self) -> dict[str, Any]:
        """The key `rules` of the public JSON."""
        if not self.by_rule:
            return {}
        said: dict[str, Any] = dict(self.counts().items())
        return said | {"list": list(self.listed())}

    def as_dict(self) -> dict[str, Any]:
        """The stored form: the rules once, and for units with equal outcomes one letter for each of them."""
        rules = sorted(self.by_rule, key=lambda rule: (rule[0], rule[1] or ""))
        groups: dict[str, list[UnitKey]] = {}
        for unit in sorted({unit for units in self.by_rule.values() for unit in units}, key=_order):
            letters = "".join(self.by_rule[rule].get(unit, UNRECORDED) for rule in rules)
            groups.setdefault(letters, []).append(unit)
        return {
            "rules": [" ".join(filter(None, rule)) for rule in rules],
            "units": {letters: [list(unit) for unit in units] for letters, units in groups.items()},
        }


def _order(unit: UnitKey) -> tuple[str, str]:
    return unit[0], unit[1] or ""


def _of(units: Mapping[UnitKey, str], item: Finding) -> list[UnitKey]:
    return [
        unit
        for unit in units
        if item.reporting_unit in (None, unit[0]) and (item.period is None or item.period == unit[1])
    ]


def outcomes_of(stored: Mapping[str, Any]) -> RuleOutcomes:
    """Outcomes from their stored form; of none, none."""
    found = RuleOutcomes()
    for number, written in enumerate(stored.get("rules", ())):
        rule_id, _, of_field = written.partition(" ")
        found.by_rule[rule_id, of_field or None] = {
            (unit, period): letters[number] for letters, units in stored["units"].items() for unit, period in units
        }
    return found
