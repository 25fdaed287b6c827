"""Overrides: waivers of rules and confirmations of units, which let a unit in although a finding holds it. The finding
stays as a warning that names them. `check`, `accept` and `waive` ask here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from contracts import Finding, catalogue, contracts
from contracts.calendar import DISTRICT_TIME
from warehouse.ledger import Ledger, Submission, UnitRecord, Waiver

VERSION_RULES = "version."
"""Rules about the versions that a unit would replace."""
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
WAIVABLE_FAMILIES = ("sheet",)  # of rules, beside those of the datasets


@dataclass(frozen=True)
class UnitConfirmation:
    """A person's confirmation of one unit, as its finding names it. decided_at: None for now."""

    decision_id: str
    decided_by: str
    because: str
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Overrides:
    """The overrides that count for one submission: waivers, and confirmations by (reporting_unit, period)."""

    dataset: str
    received_on: date
    waivers: tuple[Waiver, ...] = ()
    confirmed: Mapping[tuple[str, str | None], UnitConfirmation] = field(default_factory=dict)

    def lifted(self, found: Iterable[Finding], reporting_units: Iterable[UnitRecord]) -> list[Finding]:
        """The findings, where those that a waiver lifts, or that asked and were confirmed, are warnings. One about the
        whole file is repeated for each unit as soon as it is lifted for one of them.
        """
        staged = list(reporting_units)
        findings = []
        for item in found:
            if item.severity != "error" or not self._may_lift(item.rule_id):
                findings.append(item)
                continue
            concerned = [
                reporting_unit
                for reporting_unit in staged
                if item.reporting_unit in (None, reporting_unit.reporting_unit)
                and item.period in (None, reporting_unit.period)
            ]
            by_unit = [(one, self._lifted_by(item, one)) for one in concerned]
            if not any(override for _, override in by_unit):
                findings.append(item)
            elif item.reporting_unit is not None and len(by_unit) == 1:
                findings.append(_lifted(item, by_unit[0][1]))
            else:
                findings += [
                    _lifted(replace(item, reporting_unit=one.reporting_unit, period=one.period), override)
                    for one, override in by_unit
                ]
        return findings

    def _may_lift(self, rule_id: str) -> bool:
        asked = bool(self.confirmed) and catalogue()[rule_id].asks
        return asked or any(waiver.rule_id == rule_id for waiver in self.waivers)

    def _lifted_by(self, item: Finding, reporting_unit: UnitRecord) -> "Waiver | UnitConfirmation | None":
        confirmation = self.confirmed.get((reporting_unit.reporting_unit, reporting_unit.period))
        return confirmation if confirmation and catalogue()[item.rule_id].asks else self._waiver(item, reporting_unit)

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
        """The findings that hold a unit, as warnings, if a person confirmed it and all of them ask; None otherwise."""
        confirmation = self.confirmed.get((reporting_unit.reporting_unit, reporting_unit.period))
        if confirmation is None or not all(catalogue()[item.rule_id].asks for item in refused):
            return None
        return [_lifted(item, confirmation) for item in refused]


def _lifted(item: Finding, override: Waiver | UnitConfirmation | None) -> Finding:
    if override is None:
        return item
    if isinstance(override, Waiver):
        return _marked(item, override.waiver_id, *_mark(override))
    words = f"{override.decision_id}（{override.decided_by}：{override.because}）"
    return _marked(item, override.decision_id, f"【已确认 {words}】", f"[confirmed: {words}] ")


def _mark(waiver: Waiver) -> tuple[str, str]:
    """What stands before the message of a finding that it lifts, in Chinese and in English."""
    words = f"{waiver.waiver_id}（{waiver.approver}：{waiver.because}）"
    until = waiver.until_on.isoformat()
    return f"【已豁免 {words}，至 {until}】", f"[waived until {until}: {words}] "


def without_waiver(item: Finding, waivers: Iterable[Waiver]) -> Finding:
    """A finding as it was before a waiver lifted it, to be judged anew; any other as it is."""
    waiver = next((one for one in waivers if one.waiver_id == item.lifted_by), None)
    if waiver is None:
        return item
    zh, en = _mark(waiver)
    return replace(
        item,
        severity="error",  # only errors are lifted
        message=item.message.removeprefix(zh),
        message_en=item.message_en.removeprefix(en),
        lifted_by=None,
    )


def _marked(item: Finding, by: str, zh: str, en: str) -> Finding:
    return replace(item, severity="warning", message=zh + item.message, message_en=en + item.message_en, lifted_by=by)


def overrides_of(ledger: Ledger, submission: Submission) -> Overrides:
    """The overrides of a submission. A waiver counts for what is received until its last day, whenever it is checked."""
    confirmations = [item for item in ledger.confirmations() if item.submission_id == submission.submission_id]
    confirmed = {
        (item.reporting_unit, item.period): UnitConfirmation(item.decision_id, item.decided_by, item.because)
        for item in confirmations
    }
    return Overrides(str(submission.dataset), received_on(submission), tuple(ledger.waivers()), confirmed)


def received_on(submission: Submission) -> date:
    """The district's date of arrival."""
    return submission.received_at.astimezone(DISTRICT_TIME).date()


def is_waivable(rule_id: str) -> bool:
    """Whether a rule may be waived: it holds units, and figures stay usable without it. Raises KeyError for a rule that
    the catalogue does not know.
    """
    rule = catalogue()[rule_id]
    family = rule_id.split(".")[0]
    return rule.severity == "error" and (
        family in contracts() or family in WAIVABLE_FAMILIES or rule_id in WAIVABLE_LAYER_RULES
    )
