"""Rule outcomes of a submission: for each rule of its dataset and each reporting unit whether it passed, failed or does not
apply, and why. Collected by `expectations` while the rules run, kept with the decision, shown by receipts and a mart.

A rule passes only where it has asked something of a row of the unit. A rule of the contract that many fields have
(`contract.missing_value`) has an outcome for each of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

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
Letters = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
NONE = 0
"""In place of a letter: the rule has no outcome for the unit."""


class RuleOutcomes:
    """Outcomes by rule and reporting unit, as letters of CODES. The units are numbered as they come, and each rule has one
    array of letters over these numbers: a large file has as many units as rows, and forty rules.
    """

    def __init__(self, by_rule: Mapping[RuleKey, Mapping[UnitKey, str]] | None = None) -> None:
        self._numbers: dict[UnitKey, int] = {}
        self._letters: dict[RuleKey, Letters] = {}
        for rule, codes in (by_rule or {}).items():
            self.put_numbered(rule, self.numbers(codes), np.fromiter(map(ord, codes.values()), np.uint8, len(codes)))

    def __bool__(self) -> bool:
        return bool(self._letters)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleOutcomes) and self.by_rule == other.by_rule

    __hash__ = None  # type: ignore[assignment]

    @property
    def by_rule(self) -> dict[RuleKey, dict[UnitKey, str]]:
        """The letters by rule and unit, as made for reading."""
        return {
            rule: {reporting_unit: chr(row[number]) for reporting_unit, number in self._numbers.items() if row[number]}
            for rule, row in self._rows()
        }

    def numbers(self, reporting_units: Iterable[UnitKey]) -> Numbers:
        """The numbers of units, new ones entered."""
        known = self._numbers
        return np.fromiter(
            (known.setdefault(reporting_unit, len(known)) for reporting_unit in reporting_units), np.int64
        )

    def put_numbered(self, rule: RuleKey, numbers: Numbers, code: "str | Letters") -> None:
        """Give a rule an outcome for units by number, one for all or one for each, in place of those it has."""
        self._row(rule)[numbers] = ord(code) if isinstance(code, str) else code

    def put(self, rule: RuleKey, reporting_units: Iterable[UnitKey], code: str) -> None:
        """Give a rule an outcome for some units, in place of the one it has."""
        self.put_numbered(rule, self.numbers(reporting_units), code)

    def put_instead(self, rule: RuleKey, reporting_unit: UnitKey, known: str, code: str) -> None:
        """Give a rule an outcome for a unit that has a known one so far; any other stays."""
        number = self._numbers.get(reporting_unit)
        if number is not None and self._row(rule)[number] == ord(known):
            self._row(rule)[number] = ord(code)

    def update(self, newer: "RuleOutcomes") -> None:
        """Take over the outcomes of rules that ran again."""
        here = self.numbers(newer._numbers)
        for rule, row in newer._rows():
            known = row != NONE
            self.put_numbered(rule, here[known], row[known])

    def put_findings(self, findings: Iterable[Finding]) -> None:
        """Let findings count: their rule failed for their unit; lifted, where an override lifts all of them. Those of the
        whole file count for the units where the rule is known to be broken, else for every unit.
        """
        by_id: dict[str, list[Finding]] = {}
        for item in findings:
            by_id.setdefault(item.rule_id, []).append(item)
        by_name: dict[str, list[int]] = {}
        for (name, _), number in self._numbers.items():
            by_name.setdefault(name, []).append(number)
        for rule, row in self._rows():
            failed: dict[int, bool] = {}
            for item in by_id.get(rule[0], ()):
                for number in self._concerned(rule, item, by_name):
                    failed[number] = failed.get(number, True) and item.lifted_by is not None
            for number, is_lifted in failed.items():
                row[number] = ord(LIFTED if is_lifted else FAILED)

    def _concerned(self, rule: RuleKey, item: Finding, by_name: Mapping[str, list[int]]) -> list[int]:
        if rule[1] is not None and item.field != rule[1]:
            return []
        row, of_all = self._row(rule), item.reporting_unit is None
        numbers = list(self._numbers.values()) if of_all else by_name.get(str(item.reporting_unit), [])
        concerned = [number for number in numbers if row[number]]
        if item.period is not None:
            of_period = {number for (_, period), number in self._numbers.items() if period == item.period}
            concerned = [number for number in concerned if number in of_period]
        broken = [number for number in concerned if chr(row[number]) in (FAILED, HIDDEN)]
        return broken if broken and of_all else concerned

    def only(self, reporting_units: Collection[UnitKey]) -> "RuleOutcomes":
        """Those of some units."""
        chosen = [reporting_unit for reporting_unit in self._numbers if reporting_unit in reporting_units]
        found, here = RuleOutcomes(), self.numbers(chosen)
        there = found.numbers(chosen)
        for rule, row in self._rows():
            found.put_numbered(rule, there, row[here])
        return found

    def counts(self) -> dict[Outcome, int]:
        """How many rules, counted for each unit, passed, failed and do not apply."""
        letters = sum((np.bincount(row, minlength=256) for _, row in self._rows()), np.zeros(256, np.int64))
        return {
            outcome: sum(int(letters[ord(code)]) for code in CODES if CODES[code][0] == outcome) for outcome in OUTCOMES
        }

    def listed(self) -> Iterator[dict[str, Any]]:
        """The public list: one entry for each rule, outcome and reason, with its units; without them where it is the one
        outcome of the rule.
        """
        reporting_units = list(self._numbers)
        for (rule_id, of_field), row in sorted(self._rows(), key=lambda item: (item[0][0], item[0][1] or "")):
            for code in (code for code in CODES if (row == ord(code)).any()):
                outcome, reason = CODES[code]
                some = np.flatnonzero(row == ord(code))
                is_only = len(some) == np.count_nonzero(row)
                named = [] if is_only else sorted((reporting_units[number] for number in some), key=_order)
                yield {
                    "rule_id": rule_id,
                    "field": of_field,
                    "outcome": outcome,
                    "reason": reason,
                    **(
                        {}
                        if is_only
                        else {"units": [{"unit": reporting_unit, "period": period} for reporting_unit, period in named]}
                    ),
                }

    def public(self) -> dict[str, Any]:
        """The key `rules` of the public JSON."""
        if not self:
            return {}
        said: dict[str, Any] = dict(self.counts().items())
        return said | {"list": list(self.listed())}

    def as_dict(self) -> dict[str, Any]:
        """The stored form: the rules once, and for units with equal outcomes one letter for each of them."""
        rules = sorted(self._letters, key=lambda rule: (rule[0], rule[1] or ""))
        groups: dict[str, list[list[str | None]]] = {}
        if rules:
            by_unit = np.stack([self._row(rule) for rule in rules], axis=1)
            known = set(np.flatnonzero(by_unit.any(axis=1)).tolist())
            by_unit[by_unit == NONE] = ord(UNRECORDED)
            for reporting_unit, number in sorted(self._numbers.items(), key=lambda item: _order(item[0])):
                if number in known:
                    groups.setdefault(by_unit[number].tobytes().decode("ascii"), []).append(list(reporting_unit))
        return {"rules": [" ".join(filter(None, rule)) for rule in rules], "units": groups}

    def _row(self, rule: RuleKey) -> Letters:
        """A rule's letters, one for each number given so far."""
        row = self._letters.get(rule)
        if row is None or len(row) < len(self._numbers):
            row = self._letters[rule] = np.concatenate(
                [np.zeros(0, np.uint8) if row is None else row, np.zeros(len(self._numbers), np.uint8)]
            )[: len(self._numbers)]
        return row

    def _rows(self) -> Iterator[tuple[RuleKey, Letters]]:
        return ((rule, self._row(rule)) for rule in list(self._letters))


def _order(reporting_unit: UnitKey) -> tuple[str, str]:
    return reporting_unit[0], reporting_unit[1] or ""


def outcomes_of(stored: Mapping[str, Any]) -> RuleOutcomes:
    """Outcomes from their stored form; of none, none."""
    found, groups = RuleOutcomes(), stored.get("units", {})
    numbers = {
        letters: found.numbers((reporting_unit, period) for reporting_unit, period in reporting_units)
        for letters, reporting_units in groups.items()
    }
    for place, written in enumerate(stored.get("rules", ())):
        rule_id, _, of_field = written.partition(" ")
        for letters, of_group in numbers.items():
            found.put_numbered((rule_id, of_field or None), of_group, letters[place])
    return found
