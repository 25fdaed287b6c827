-- The plan is not below what has been accepted already, with an allowance. Threshold: times.
with accepted as (
    select
        project_id,
        sum(accepted_area_ha) as accepted_area_ha,
        sum(coalesce(cropland_reserve_ha, 0) + coalesce(cropland_linked_ha, 0)) as cropland_ha,
        sum(hsf_mu) as hsf_mu
    from accepted_project_acceptance
    where conclusion = '合格'
    group by project_id
),

compared as (
    select
        submission_value.row_id,
        submission_value.field,
        submission_value.value as found,
        case submission_value.field
            when 'planned_area_ha' then accepted.accepted_area_ha
            when 'planned_cropland_ha' then accepted.cropland_ha
            when 'planned_hsf_mu' then accepted.hsf_mu
        end as expected
    from submission_value
    inner join accepted on submission_value.reporting_unit = accepted.project_id
)

select
    row_id,
    field,
    found,
    expected
from compared
where round(expected - found * $threshold, 6) > 0
