"""Which marts are compared between two builds, by which columns, and what each of these is made of. Declared here, and
only here.

Keys are the models' grains, and no column of a mart with figures is left out; the tests hold it against the models.
"""

from dataclasses import dataclass

FRAMES = ("admin_boundary", "planning_zone", "project_site")
"""Layers that move what others report from one area to another."""
GROUND = ("admin_boundary", "planning_zone")
PROGRESS, LEDGER, FUNDS, ACCEPTANCE = (
    ("project_progress",),
    ("project_ledger",),
    ("project_funds",),
    ("project_acceptance",),
)
SUPERVISION, FEEDBACK, PERFORMANCE, SITE = ("supervision",), ("public_feedback",), ("performance",), ("project_site",)
PARCELS, LAND_USE, TASK = ("land_parcel",), ("land_use",), ("annual_task",)
LAYERS = ("ecological_redline", "forest_land", "mining_subsidence", "wetland")
STATISTICS = ("ecology", "rural_waste")
MEASURED = (*LAYERS, *STATISTICS, *ACCEPTANCE, *PROGRESS, *FRAMES)
"""What `fct_measure` is made of."""
DATED = (*ACCEPTANCE, *FUNDS, *LEDGER, *PROGRESS, *FEEDBACK, *SUPERVISION)
"""What sets the day up to which the projects' data reach, and so what is overdue."""


@dataclass(frozen=True)
class Compared:
    """A mart that is compared row by row, column by column.

    key: what tells its rows apart; area, period: columns that are told as such, '' where there is none.
    figures: what they are made of, with the columns (a text of names).
    sent_in: the mart, and the columns in it, that name a row's submissions, found by what of the key it has; sent_as:
    datasets of these.
    by_indicator: the facts behind indicator_code say who changed it.
    is_summed: rows of one key are added up, where the mart numbers its rows anew in each build.
    """

    mart: str
    key: tuple[str, ...]
    figures: tuple[tuple[tuple[str, ...], str], ...]
    area: str = ""
    period: str = ""
    sent_in: tuple[str, ...] = ()
    sent_as: tuple[str, ...] = ()
    by_indicator: bool = False
    is_summed: bool = False

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Compared column to the datasets that it is made of."""
        return {name: made_of for made_of, names in self.figures for name in names.split()}

    @property
    def item(self) -> tuple[str, ...]:
        """What of the key is told neither as area nor as period."""
        return tuple(name for name in self.key if name not in (self.area, self.period))


OF_INDICATOR = ((MEASURED, "numerator denominator source data_through is_allocated allocated_pct is_provisional"),)
COMPARED = (
    *(
        Compared(
            f"mart_indicator_{level}",
            ("indicator_code", "period", "area_code"),
            OF_INDICATOR,
            "area_code",
            "period",
            by_indicator=True,
        )
        for level in ("district", "zone", "township")
    ),
    Compared(
        "mart_target_progress",
        ("indicator_code", "target_year", "area_code"),
        (
            (
                MEASURED,
                """period data_through value target_value gap contribution_pct so_far_per_year recent_per_year required_per_year
          projected_year recent_projected_year status recent_status is_status_firm is_overdue source is_allocated allocated_pct
          latest_is_provisional""",
            ),
        ),
        "area_code",
        by_indicator=True,
    ),
    Compared(
        "mart_annual_task",
        ("period", "indicator_code", "area"),
        (
            (TASK, "task_value task_unit document_no"),
            (
                (*TASK, *LEDGER, *MEASURED),
                """result_value value_before done_in_year gap completion_pct expected_by_now data_through
           is_provisional status""",
            ),
        ),
        "area",
        "period",
        ("mart_annual_task", "submission_id"),
        TASK,
    ),
    Compared(
        "mart_project_progress",
        ("project_id", "township_code", "period"),
        (
            (
                PROGRESS,
                """stage physical_progress_pct months_without_progress cum_investment_wan invested_since_last_wan funds_central_wan
          funds_province_wan funds_local_wan funds_social_wan funds_arrived_wan cum_consolidated_area_ha cum_cropland_ha cum_hsf_mu
          cum_reclaimed_ha investment_of_funds_pct is_finished is_stalled issues next_step""",
            ),
            (
                LEDGER,
                """time_elapsed_pct planned_progress_pct planned_investment_to_date_wan planned_area_to_date_ha plan_start plan_finish
          township_planned_area_ha township_planned_investment_wan project_planned_investment_wan""",
            ),
            (
                (*PROGRESS, *LEDGER),
                """delay_months investment_gap_wan area_of_plan_pct investment_of_plan_pct project_investment_of_plan_pct
          is_overdue is_behind_time flags""",
            ),
        ),
        "project_id",
        "period",
        ("mart_project_progress", "submission_id"),
        PROGRESS,
    ),
    Compared(
        "mart_project_s_curve",
        ("project_id", "period"),
        (
            (
                PROGRESS,
                """townships townships_finished cum_investment_wan funds_arrived_wan cum_consolidated_area_ha cum_cropland_ha
          cum_hsf_mu""",
            ),
            (
                LEDGER,
                """planned_progress_pct planned_investment_to_date_wan planned_investment_wan planned_area_to_date_ha planned_area_ha""",
            ),
            ((*PROGRESS, *LEDGER), "physical_progress_pct progress_gap_points delay_months townships_delayed"),
        ),
        "project_id",
        "period",
        ("mart_project_progress", "submission_id"),
        PROGRESS,
    ),
    Compared(
        "mart_project_register",
        ("project_id",),
        (
            (
                LEDGER,
                """project_name category phase lead_unit township_codes is_in_ledger plan_start plan_finish planned_area_ha
          planned_cropland_ha planned_hsf_mu planned_investment_wan year_plan_investment_wan""",
            ),
            (
                PROGRESS,
                """progress_period stages townships townships_finished months_without_progress finished_period issues
          cum_investment_wan funds_arrived_wan""",
            ),
            (
                (*PROGRESS, *LEDGER),
                """physical_progress_pct planned_progress_pct delay_months finish_delay_months flags
          investment_of_plan_pct funds_of_plan_pct""",
            ),
            (FUNDS, "allocated_wan arrived_wan paid_wan"),
            ((*FUNDS, *PROGRESS), "stuck_wan"),
            (
                ACCEPTANCE,
                """acceptances acceptances_not_passed last_accepted_on accepted_area_ha accepted_cropland_ha accepted_hsf_mu
          accepted_renewed_ha""",
            ),
            (SITE, "sites site_period site_declared_ha site_measured_ha"),
            (SUPERVISION, "inspections findings"),
            (DATED, "findings_open findings_overdue"),
            (FEEDBACK, "feedbacks feedbacks_open feedbacks_not_satisfied"),
            (PERFORMANCE, "evaluated_period evaluation_score evaluation_grade satisfaction_pct"),
        ),
        "project_id",
    ),
    Compared(
        "mart_project_funds",
        ("project_id", "period"),
        (
            (LEDGER, "planned_investment_wan"),
            (FUNDS, "allocated_wan arrived_wan paid_wan arrival_rate_pct not_arrived_wan"),
            (PROGRESS, "arrived_reported_wan invested_wan"),
            (
                (*FUNDS, *PROGRESS),
                "arrived_difference_wan use_rate_pct used_by stuck_wan idle_wan invested_ahead_wan is_carried",
            ),
            ((*FUNDS, *PROGRESS, *LEDGER), "arrived_of_plan_pct"),
        ),
        "project_id",
        "period",
        ("mart_project_progress", "submission_id"),
        PROGRESS,
    ),
    Compared(
        "mart_project_funds_line",
        ("project_id", "period", "reported_in", "fund_level", "instrument"),
        (
            (
                (*FUNDS, *PROGRESS),
                """allocated_wan arrived_wan paid_wan arrival_rate_pct use_rate_pct not_arrived_wan stuck_wan
          is_carried""",
            ),
        ),
        "project_id",
        "period",
        ("mart_project_funds_line", "submission_id"),
        (*FUNDS, *PROGRESS),
    ),
    Compared(
        "mart_project_zone",
        ("project_id", "period", "zone_code", "measure_code"),
        (((*PROGRESS, *FRAMES), "value is_allocated"),),
        "project_id",
        "period",
        ("mart_project_progress", "submission_id"),
        PROGRESS,
    ),
    Compared(
        "mart_supervision",
        ("inspection_no",),
        (
            (
                SUPERVISION,
                """township_code inspected_on item finding severity responsible_unit rectify_due rectified_on reinspected_on
          reinspection_result has_finding is_rectified_late days_to_rectify""",
            ),
            (DATED, "status days_overdue"),
        ),
        "project_id",
        "",
        ("mart_supervision", "submission_id"),
        SUPERVISION,
    ),
    Compared(
        "mart_performance_evaluation",
        ("project_id", "period"),
        (
            (
                PERFORMANCE,
                """implementation_score implementation_full funds_score funds_full targets_score targets_full benefit_score
          benefit_full total_score full_score total_pct grade rank_in_year change_of_score is_complete respondents satisfaction_pct
          evaluator result_use budget_change_wan decided_on""",
            ),
        ),
        "project_id",
        "period",
        ("mart_performance_evaluation", "submission_id"),
        PERFORMANCE,
    ),
    Compared(
        "mart_public_feedback",
        ("feedback_no",),
        (
            (
                FEEDBACK,
                """received_on channel feedback_kind township_code summary replied_on is_answered days_to_answer is_satisfied
          status""",
            ),
            (DATED, "days_open"),
        ),
        "project_id",
        "",
        ("mart_public_feedback", "submission_id"),
        FEEDBACK,
    ),
    Compared(
        "mart_supplemented_cropland_ledger",
        ("acceptance_no",),
        (
            (
                ACCEPTANCE,
                """entry_no acceptance_date township_code cropland_reserve_ha cropland_linked_ha cropland_ha conclusion is_counted
          not_counted_because reserve_to_date_ha linked_to_date_ha cropland_to_date_ha of_target_2025_pct of_target_2035_pct
          reserve_of_target_2035_pct linked_of_target_2035_pct""",
            ),
        ),
        "project_id",
        "",
        ("mart_supplemented_cropland_ledger", "submission_id"),
        ACCEPTANCE,
    ),
    Compared(
        "mart_site_overlap",
        ("project_ids", "subproject_ids", "part_code", "consolidation_zone", "restoration_zone"),
        (((*SITE, *GROUND), "area_ha"), ((*SITE, *GROUND, *ACCEPTANCE), "repeated_hsf_mu")),
        "project_ids",
        is_summed=True,
    ),
    Compared(
        "mart_area_reconciliation",
        ("reconciliation_code", "period", "area_code"),
        (
            ((*LAYERS, *PARCELS, *FRAMES), "measured_value"),
            ((*ACCEPTANCE, *GROUND), "accepted_value"),
            ((*PROGRESS, *GROUND), "reported_value is_carried"),
            ((*STATISTICS, *LAND_USE), "declared_value"),
            ((*MEASURED, *PARCELS, *LAND_USE), "evidence_sources difference spread tolerance verdict"),
        ),
        "area_code",
        "period",
    ),
    Compared(
        "mart_land_class",
        ("period", "township_code", "land_class_code"),
        (
            (LAND_USE, "declared_ha"),
            ((*PARCELS, *GROUND), "measured_ha parcels"),
            ((*LAND_USE, *PARCELS, *GROUND), "difference_ha"),
        ),
        "township_code",
        "period",
    ),
    Compared(
        "mart_land_transition",
        (
            "from_period",
            "to_period",
            "part_code",
            "consolidation_zone",
            "restoration_zone",
            "from_class_code",
            "to_class_code",
        ),
        (((*PARCELS, *GROUND), "area_ha"),),
        "part_code",
        "to_period",
        ("mart_land_transition", "from_submission_id", "to_submission_id"),
        PARCELS,
    ),
    Compared(
        "mart_key_area",
        ("key_area_code", "place"),
        ((PARCELS, "land_period land_ha cropland_ha cropland_change_ha change_since"),),
        "township_code",
    ),
    Compared(
        "mart_plan_inconsistency",
        ("inconsistency_code",),
        ((MEASURED, "effect_of_reading effect_of_other"), ((), "left_value right_value difference is_consistent")),
    ),
)
