-- Every target by district and zone, held against the plan and against the indicator marts: two marts that must agree.
with planned as (
    select
        ref_plan_target.indicator_code,
        cast(ref_plan_target.target_year as integer) as target_year,
        ref_area.area_code,
        case when registry.direction = 'at_most' then -1 else 1 end as sense,
        case when ref_area.area_level = 'district' then cast(ref_plan_target.target_value as double) end as target_value
    from ref_plan_target
    inner join ref_indicator as registry on ref_plan_target.indicator_code = registry.indicator_code
    cross join ref_area
    where ref_area.area_level in ('district', 'zone')
),

known as (
    select distinct
        indicator_code,
        area_code
    from gate_indicator
    where value is not null and period_grain = judged_by
),

whole as (
    select
        progress.indicator_code,
        progress.target_year,
        progress.period
    from build.mart_target_progress as progress
    inner join ref_area on progress.area_code = ref_area.area_code and ref_area.area_level = 'district'
)

select
    coalesce(planned.indicator_code, progress.indicator_code) as indicator_code,
    coalesce(planned.target_year, progress.target_year) as target_year,
    coalesce(planned.area_code, progress.area_code) as area_code,
    progress.period,
    planned.indicator_code is not null and progress.indicator_code is not null as is_expected,
    progress.period is not null or known.indicator_code is null as has_latest,
    relative_difference(progress.value, indicator.value) as value_difference,
    relative_difference(progress.target_value, planned.target_value) as target_difference,
    relative_difference(
        progress.gap, case when planned.target_value is not null then planned.sense * (planned.target_value - progress.value) end
    ) as gap_difference,
    relative_difference(
        progress.contribution_pct,
        -- a zone may be whole for a period for which the district lacks a township: then it has no share of it
        case when whole.period = progress.period then 100 * indicator.numerator / nullif(district.numerator, 0) end
    ) as contribution_difference
from planned
full outer join build.mart_target_progress as progress
    on
        planned.indicator_code = progress.indicator_code
        and planned.target_year = progress.target_year
        and planned.area_code = progress.area_code
left join gate_indicator as indicator
    on
        progress.indicator_code = indicator.indicator_code
        and progress.area_code = indicator.area_code
        and progress.period = indicator.period
left join gate_indicator as district
    on
        progress.indicator_code = district.indicator_code
        and progress.period = district.period
        and district.area_level = 'district'
left join whole on progress.indicator_code = whole.indicator_code and progress.target_year = whole.target_year
left join known on planned.indicator_code = known.indicator_code and planned.area_code = known.area_code
