-- 验收台账: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    cells,
    reporting_unit,
    period,
    acceptance_date as starts_on,
    acceptance_date as ends_on,
    acceptance_no,
    project_id,
    township_code,
    acceptance_date,
    accepted_area_ha,
    cropland_reserve_ha,
    cropland_linked_ha,
    hsf_mu,
    renewed_inefficient_ha,
    conclusion,
    conclusion = '合格' as is_accepted
from {{ source('raw', 'project_acceptance') }}
