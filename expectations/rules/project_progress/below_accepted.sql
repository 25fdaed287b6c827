-- What has been accepted by the month's end has been reported. Threshold: of the field's unit, for rounding.
with accepted as (
    select
        submission.row_id,
        sum(acceptance.accepted_area_ha) as area_ha,
        sum(coalesce(acceptance.cropland_reserve_ha, 0) + coalesce(acceptance.cropland_linked_ha, 0)) as cropland_ha,
        sum(acceptance.cropland_linked_ha) as linked_ha,
        sum(acceptance.hsf_mu) as hsf_mu
    from submission
    inner join accepted_project_acceptance as acceptance
        on
            submission.project_id = split_part(acceptance.project_id, '-', 1)
            and submission.township_code = acceptance.township_code
            and submission.period >= strftime(acceptance.acceptance_date, '%Y-%m')
    where acceptance.conclusion = '合格'
    group by submission.row_id
),

compared as (
    select
        submission_value.row_id,
        submission_value.field,
        submission_value.value as found,
        case submission_value.field
            when 'cum_consolidated_area_ha' then accepted.area_ha
            when 'cum_cropland_ha' then accepted.cropland_ha
            when 'cum_reclaimed_ha' then accepted.linked_ha
            when 'cum_hsf_mu' then accepted.hsf_mu
        end as expected
    from submission_value
    inner join accepted on submission_value.row_id = accepted.row_id
)

select
    row_id,
    field,
    found,
    expected
from compared
where round(expected - found, 6) > $threshold
