-- 补充耕地: every acceptance that brings cropland, in order of its day, with the running totals against the targets of the plan and their
-- two parts. What does not count (not 合格, before the base year) stands with the reason, and adds nothing.
with base as (
    select counted_from
    from {{ ref('indicator') }}
    where indicator_code = 'supplemented_cropland_area'
),

acceptance as (
    select
        acceptance.*,
        acceptance.is_accepted and acceptance.acceptance_date >= base.counted_from as is_counted,
        case
            when not acceptance.is_accepted then acceptance.conclusion
            when acceptance.acceptance_date < base.counted_from then '早于' || base.counted_from
        end as not_counted_because
    from {{ ref('stg_project_acceptance') }} as acceptance
    cross join base
    where coalesce(acceptance.cropland_reserve_ha, 0) + coalesce(acceptance.cropland_linked_ha, 0) <> 0
),

running as (
    select
        *,
        case when is_counted then coalesce(cropland_reserve_ha, 0) else 0 end as counted_reserve_ha,
        case when is_counted then coalesce(cropland_linked_ha, 0) else 0 end as counted_linked_ha,
        row_number() over (order by acceptance_date, acceptance_no) as entry_no
    from acceptance
),

summed as (
    select
        running.*,
        sum(running.counted_reserve_ha) over so_far as reserve_to_date_ha,
        sum(running.counted_linked_ha) over so_far as linked_to_date_ha
    from running
    window so_far as (
        order by running.entry_no
        rows between unbounded preceding and current row
    )
)

select
    cast(summed.entry_no as integer) as entry_no,
    summed.acceptance_no,
    summed.acceptance_date,
    summed.project_id,
    left(summed.project_id, 2) as plan_project_id,
    project.project_name,
    summed.township_code,
    township.township_name,
    summed.cropland_reserve_ha,
    summed.cropland_linked_ha,
    coalesce(summed.cropland_reserve_ha, 0) + coalesce(summed.cropland_linked_ha, 0) as cropland_ha,
    summed.conclusion,
    summed.is_counted,
    summed.not_counted_because,
    summed.reserve_to_date_ha,
    summed.linked_to_date_ha,
    summed.reserve_to_date_ha + summed.linked_to_date_ha as cropland_to_date_ha,
    100 * (summed.reserve_to_date_ha + summed.linked_to_date_ha)
    / {{ plan_target_value('supplemented_cropland_area', 2025) }} as of_target_2025_pct,
    100 * (summed.reserve_to_date_ha + summed.linked_to_date_ha)
    / {{ plan_target_value('supplemented_cropland_area', 2035) }} as of_target_2035_pct,
    100 * summed.reserve_to_date_ha / {{ plan_target_value('cropland_from_reserve_and_consolidation', 2035) }}
        as reserve_of_target_2035_pct,
    100 * summed.linked_to_date_ha / {{ plan_target_value('linked_reclaimed_cropland', 2035) }} as linked_of_target_2035_pct,
    summed.submission_id
from summed
inner join {{ ref('township') }} as township on summed.township_code = township.township_code
left join {{ ref('dim_project') }} as project on summed.project_id = project.project_id
