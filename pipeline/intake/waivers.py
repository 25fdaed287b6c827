"""What lets a unit in although something holds it: waivers of rules, and decisions of people. The finding stays, and
says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from contracts import Finding, catalogue, contracts
from warehouse.ledger import Ledger, Submission, UnitRecord, Waiver
from warehouse.ledger.submissions import DISTRICT_TIME

CONFIRMABLE = "version."
"""Rules that hold a unit only until a person confirms that it is meant."""
# a layer with any other fault cannot be measured at all, and a value that cannot be read or breaks its own definition
# is no value
WAIVABLE_LAYER_RULES = frozenset(
    {
        "layer.overlap",
        "layer.gap",
        "layer.declared_area_mismatch",
        "layer.outside_district",
        "layer.outside_unit",
        "layer.zldwdm_township_mismatch",
        "layer.beyond_township",
    }
)
WAIVABLE_ROOMS = ("sheet",)


@dataclass(frozen=True)
class Confirmation:
    """A person's decision on a unit, as its finding names it. decided_at: None for now."""

    decision_id: str
    decided_by: str
    because: str
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Overrides:
    """What stands against the rules for one submission: waivers, and confirmations by (reporting_unit, period)."""

    dataset: str
    received_on: date
    waivers: tuple[Waiver, ...] = ()
    confirmed: Mapping[tuple[str, str | None], Confirmation] = field(default_factory=dict)

    def waived(self, found: Iterable[Finding], reporting_units: Iterable[UnitRecord]) -> list[Finding]:
        """The findings, where those that a waiver lifts are warnings. One about the whole file is told of each unit as
        soon as it is lifted for one of them."""
        staged = list(reporting_units)
        said = []
        for item in found:
            if item.severity != "error" or not any(waiver.rule_id == item.rule_id for waiver in self.waivers):
                said.append(item)
                continue
            concerned = [
                reporting_unit
                for reporting_unit in staged
                if item.reporting_unit in (None, reporting_unit.reporting_unit)
                and item.period in (None, reporting_unit.period)
            ]
            by_unit = [(reporting_unit, self._waiver(item, reporting_unit)) for reporting_unit in concerned]
            if not any(waiver for _, waiver in by_unit):
                said.append(item)
            elif item.reporting_unit is not None and len(by_unit) == 1:
                said.append(_lifted(item, by_unit[0][1]))
            else:
                said += [
                    _lifted(
                        replace(item, reporting_unit=reporting_unit.reporting_unit, period=reporting_unit.period),
                        waiver,
                    )
                    for reporting_unit, waiver in by_unit
                ]
        return said

    def _waiver(self, item: Finding, reporting_unit: UnitRecord) -> Waiver | None:
        return next(
            (
                one
                for one in self.waivers
                if one.covers(
                    item.rule_id, self.dataset, reporting_unit.reporting_unit, reporting_unit.period, self.received_on
                )
            ),
            None,
        )

    def confirms(self, reporting_unit: UnitRecord, refused: list[Finding]) -> list[Finding] | None:
        """The refusals of a unit as warnings, if a person confirmed it and all of them may be confirmed; None
        otherwise.
        """
        said = self.confirmed.get((reporting_unit.reporting_unit, reporting_unit.period))
        if said is None or not all(item.rule_id.startswith(CONFIRMABLE) for item in refused):
            return None
        words = f"{said.decision_id}（{said.decided_by}：{said.because}）"
        return [_marked(item, said.decision_id, f"【已确认 {words}】", f"[confirmed: {words}] ") for item in refused]


def _lifted(item: Finding, waiver: Waiver | None) -> Finding:
    if waiver is None:
        return item
    words = f"{waiver.waiver_id}（{waiver.approver}：{waiver.because}）"
    until = waiver.until_on.isoformat()
    return _marked(item, waiver.waiver_id, f"【已豁免 {words}，至 {until}】", f"[waived until {until}: {words}] ")


def _marked(item: Finding, by: str, zh: str, en: str) -> Finding:
    return replace(item, severity="warning", message=zh + item.message, message_en=en + item.message_en, lifted_by=by)


def overrides_of(ledger: Ledger, submission: Submission) -> Overrides:
    """What stands for a submission. A waiver counts for what is received until its last day, whenever it is judged."""
    decisions = [item for item in ledger.decisions() if item.submission_id == submission.submission_id]
    confirmed = {
        (item.reporting_unit, item.period): Confirmation(item.decision_id, item.decided_by, item.because)
        for item in decisions
    }
    return Overrides(str(submission.dataset), received_on(submission), tuple(ledger.waivers()), confirmed)


def received_on(submission: Submission) -> date:
    """The district's date of arrival."""
    return submission.received_at.astimezone(DISTRICT_TIME).date()


def is_waivable(rule_id: str) -> bool:
    """Whether a rule holds units, and is one that the figures survive. Raises KeyError for a rule that the catalogue
    does not know.
    """
    rule = catalogue()[rule_id]
    room = rule_id.split(".")[0]
    return rule.severity == "error" and (
        room in contracts() or room in WAIVABLE_ROOMS or rule_id in WAIVABLE_LAYER_RULES
    )
