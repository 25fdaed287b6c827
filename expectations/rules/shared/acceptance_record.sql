-- The acceptance ledger as it will be with this submission.
select
    acceptance_no,
    project_id,
    township_code,
    acceptance_date,
    accepted_area_ha,
    cropland_reserve_ha,
    cropland_linked_ha,
    hsf_mu,
    output_kind,
    output_unit,
    accepted_output,
    conclusion
from submission
union all
select
    acceptance_no,
    project_id,
    township_code,
    acceptance_date,
    accepted_area_ha,
    cropland_reserve_ha,
    cropland_linked_ha,
    hsf_mu,
    output_kind,
    output_unit,
    accepted_output,
    conclusion
from accepted_project_acceptance
where reporting_unit not in (select submission.reporting_unit from submission)
