"""Faults in what figures say together: parts and wholes, sums, dates, units, what was reported before."""

from collections.abc import Callable
from datetime import timedelta

from tests.support.inserted_faults.table_faults import InsertFaults
from tests.support.inserted_faults.tables import Fault

WHOLES = {
    "protected_wetland_area_ha": "wetland_area_ha",
    "forest_area_ha": "land_area_ha",
    "villages_covered": "village_count",
    "waste_treated_t": "waste_generated_t",
    "cropland_reserve_ha": "accepted_area_ha",
    "year_plan_investment_wan": "planned_investment_wan",
}
PART_RULES = {"project_ledger": "project_ledger.year_plan_exceeds_total"}
MU_A_HECTARE = 15


class FigureFaults(InsertFaults):
    """Draws faults of both kinds for one clean file."""

    def _kinds(self) -> list[Callable[[], Fault | None]]:
        return [
            *super()._kinds(),
            self.wrong_percentage,
            self.part_above_whole,
            self.falls,
            self.land_in_mu,
            self.redline_in_ha,
            self.finished_before_it_began,
            self.mended_before_it_was_found,
            self.full_scores,
            self.score_above_full,
            self.done_in_building,
            self.outside_project,
            self.wrong_sum_of_classes,
        ]

    def wrong_percentage(self) -> Fault | None:
        at = self._place(lambda spec: bool(spec.numerator), above=3.0)
        if at is None or self._value(self._source.rows[at[0]], str(self._fields[at[1]].denominator)) in (None, 0):
            return None
        value = self._source.rows[at[0]].values[at[1]]
        return Fault(
            f"{self._contract.dataset}.declared_pct_mismatch", at=at, changed={at[0]: {at[1]: round(value - 1.27, 2)}}
        )

    def part_above_whole(self) -> Fault | None:
        pairs = [(part, whole) for part, whole in WHOLES.items() if {part, whole} <= set(self._fields)]
        self._rng.shuffle(pairs)
        for part, whole in pairs:
            if (row := self._row(part, whole, above=0.0)) is not None:
                value = round(self._source.rows[row].values[whole] * 1.2) + 1
                rates = {name: None for name, spec in self._fields.items() if spec.numerator == part}
                rule = PART_RULES.get(self._contract.dataset, f"{self._contract.dataset}.part_exceeds_whole")
                return Fault(rule, at=(row, part), changed={row: {part: value, **rates}})
        return None

    def falls(self) -> Fault | None:
        rows = []
        for number, row in enumerate(self._source.rows):
            earlier = self._before.get(
                "|".join(str(row.values.get(name)) for name in self._contract.reporting_unit.fields), {}
            )
            figures = {name: earlier.get(name) for name, spec in self._fields.items() if spec.cumulative}
            rows += [(number, name, value) for name, value in figures.items() if value is not None and value > 1]
        if not rows:
            return None
        number, name, value = self._rng.choice(rows)
        return Fault(
            "project_progress.cumulative_falls",
            at=(number, name),
            changed={number: {name: round(value / 2, 2), "issues": None}},
        )

    def land_in_mu(self) -> Fault | None:
        if self._contract.dataset not in ("ecology", "land_use") or (row := self._row("land_area_ha")) is None:
            return None
        record = self._source.rows[row]
        changed = {"land_area_ha": record.values["land_area_ha"] * MU_A_HECTARE}
        changed |= {code: area * MU_A_HECTARE for code, area in record.classes.items() if area is not None}
        changed |= {"forest_coverage_pct": None} if self._contract.dataset == "ecology" else {}
        return Fault(
            f"{self._contract.dataset}.land_total_vs_boundary", at=(row, "land_area_ha"), changed={row: changed}
        )

    def redline_in_ha(self) -> Fault | None:
        if "redline_area_km2" not in self._fields or (row := self._row("redline_area_km2", above=0.01)) is None:
            return None
        value = round(self._source.rows[row].values["redline_area_km2"] * 100, 4)
        return Fault(
            "ecology.crosscheck_redline",
            "warning",
            at=(row, "redline_area_km2"),
            changed={row: {"redline_area_km2": value}},
        )

    def finished_before_it_began(self) -> Fault | None:
        if "plan_start" not in self._fields or (row := self._row("plan_start", "plan_finish")) is None:
            return None
        year, month = self._source.rows[row].values["plan_start"].split("-")
        return Fault(
            "project_ledger.finish_before_start",
            at=(row, "plan_finish"),
            changed={row: {"plan_finish": f"{int(year) - 1}-{month}"}},
        )

    def mended_before_it_was_found(self) -> Fault | None:
        if "rectified_on" not in self._fields or (row := self._row("inspected_on", "rectified_on")) is None:
            return None
        day = self._source.rows[row].values["inspected_on"] - timedelta(days=self._rng.randint(1, 40))
        return Fault("supervision.date_order", at=(row, "rectified_on"), changed={row: {"rectified_on": day}})

    def full_scores(self) -> Fault | None:
        if "full_score" not in self._fields or (row := self._row("full_score")) is None:
            return None
        return Fault(
            "performance.full_scores_not_100",
            changed={row: {"full_score": self._source.rows[row].values["full_score"] + self._rng.choice((5.0, 10.0))}},
        )

    def score_above_full(self) -> Fault | None:
        if "full_score" not in self._fields or (row := self._row("full_score", "score")) is None:
            return None
        return Fault(
            "performance.score_exceeds_full",
            at=(row, "score"),
            changed={row: {"score": self._source.rows[row].values["full_score"] + self._rng.choice((0.5, 3.0))}},
        )

    def done_in_building(self) -> Fault | None:
        rows = [number for number, row in enumerate(self._source.rows) if row.values.get("stage") == "在建"]
        if not rows:
            return None
        row = self._rng.choice(rows)
        return Fault(
            "project_progress.progress_100_before_completion",
            at=(row, "physical_progress_pct"),
            changed={row: {"physical_progress_pct": 100.0}},
        )

    def outside_project(self) -> Fault | None:
        rows = [number for number, row in enumerate(self._source.rows) if str(row.values.get("project_id")) == "A2"]
        if self._contract.dataset != "project_progress" or not rows:
            return None
        row = self._rng.choice(rows)
        return Fault(
            "project_progress.project_township_mismatch",
            at=(row, "township_code"),
            changed={row: {"township_code": self._rng.choice(("140404201", "140404203"))}},
        )

    def wrong_sum_of_classes(self) -> Fault | None:
        if not self._source.rows[0].classes or (row := self._row("land_area_ha")) is None:
            return None
        code = self._rng.choice([code for code, area in self._source.rows[row].classes.items() if area])
        area = self._source.rows[row].classes[code]
        return Fault(
            "land_use.class_sum_mismatch", at=(row, "land_area_ha"), changed={row: {code: round((area or 0) + 5.3, 4)}}
        )
