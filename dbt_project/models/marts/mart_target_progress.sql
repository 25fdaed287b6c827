-- Each target by area: where the indicator stands, what is missing, and whether the pace suffices. Targets are the district's;
-- a zone's row shows its value and what it contributes.
-- Zones of which one stands in another period than the district are not added up.
with area as (
    select * from {{ ref('int_area') }}
    where area_level in ('district', 'zone')
),

district_latest as (
    select latest.*
    from {{ ref('int_indicator_latest') }} as latest
    inner join {{ ref('district') }} as district on latest.area_code = district.district_code
),

judged as (
    select
        target.indicator_code,
        indicator.name_zh as indicator_name,
        target.target_year,
        area.area_level,
        area.area_code,
        area.area_name,
        area.zoning,
        latest.period,
        latest.data_through,
        latest.value,
        area.area_level = 'zone'
        and area.counts_once
        and indicator.denominator_measures is null
        and target.target_year = min(target.target_year) over (partition by target.indicator_code)
        and bool_and(district_latest.period is not null) over (partition by target.indicator_code, target.target_year, area.zoning)
            as is_additive,
        case when area.area_level = 'district' then target.target_value end as target_value,
        target.words as target_words,
        target.scope_words as target_scope_words,
        indicator.measure_unit as unit,
        indicator.direction,
        100 * latest.numerator / nullif(district_latest.numerator, 0) as contribution_pct,
        pace.gap,
        pace.so_far_per_year,
        pace.recent_per_year,
        pace.required_per_year,
        pace.projected_year,
        pace.recent_projected_year,
        pace.recent_status,
        case when area.area_level = 'district' then coalesce(pace.status, 'no_data') else 'no_target' end as status,
        coalesce(pace.is_overdue, false) as is_overdue,
        pace.value_when_due,
        pace.made_up_in,
        latest.source,
        latest.is_allocated,
        latest.allocated_pct,
        latest.is_provisional,
        latest.data_age_days,
        latest.data_age_as_of_days,
        today.as_of_date,
        latest.submission_ids
    from {{ ref('plan_target') }} as target
    inner join {{ ref('indicator') }} as indicator on target.indicator_code = indicator.indicator_code
    cross join area
    cross join {{ ref('int_as_of_date') }} as today
    left join {{ ref('int_indicator_latest') }} as latest
        on target.indicator_code = latest.indicator_code and area.area_code = latest.area_code
    left join district_latest
        on latest.indicator_code = district_latest.indicator_code and latest.period = district_latest.period
    left join {{ ref('int_target_pace') }} as pace
        on
            target.indicator_code = pace.indicator_code
            and target.target_year = pace.target_year
            and area.area_code = pace.area_code
)

select
    judged.indicator_code,
    judged.indicator_name,
    judged.target_year,
    judged.area_level,
    judged.area_code,
    judged.area_name,
    judged.zoning,
    judged.period,
    judged.data_through,
    judged.value,
    judged.is_additive,
    judged.target_value,
    judged.target_words,
    judged.target_scope_words,
    judged.unit,
    judged.direction,
    judged.gap,
    judged.contribution_pct,
    judged.so_far_per_year,
    judged.recent_per_year,
    judged.required_per_year,
    cast(judged.projected_year as integer) as projected_year,
    cast(judged.recent_projected_year as integer) as recent_projected_year,
    judged.status,
    coalesce(status.status_zh || '，' || judged.made_up_in || ' 已补足', status.status_zh) as status_zh,
    judged.recent_status,
    recent.status_zh as recent_status_zh,
    case
        when judged.value_when_due is not null then true
        when judged.status not in ('no_data', 'no_target', 'data_short') and judged.recent_status <> 'no_trend'
            then judged.status = judged.recent_status and not judged.is_provisional
    end as is_status_firm,
    judged.is_overdue,
    judged.value_when_due,
    judged.made_up_in,
    judged.source,
    judged.is_allocated,
    judged.allocated_pct,
    judged.is_provisional as latest_is_provisional,
    judged.data_age_days,
    judged.data_age_as_of_days,
    judged.as_of_date,
    judged.submission_ids
from judged
inner join {{ ref('target_status') }} as status on judged.status = status.status
left join {{ ref('target_status') }} as recent on judged.recent_status = recent.status
