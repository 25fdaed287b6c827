-- One figure of one zone, measure and period, wherever a mart shows it: every pair of marts agrees. 'to date': what was accepted since the
-- base year. Reported outputs are held against accepted ones in reported_and_accepted_agree_by_zone.
with alone as ( -- measures that alone make the numerator or denominator of an indicator
    select *
    from {{ ref('bridge_indicator_measure') }}
    qualify count(*) over (partition by indicator_code, role, source) = 1
),

figure as (
    select
        'mart_indicator_zone' as mart,
        area_code as zone_code,
        indicator_code as measure_code,
        period,
        value
    from {{ ref('mart_indicator_zone') }}
    union all
    select
        'mart_target_progress ' || target_year,
        area_code,
        indicator_code,
        period,
        value
    from {{ ref('mart_target_progress') }}
    where area_level = 'zone' and period is not null
    union all
    select
        'mart_indicator_zone (denominator)',
        area_code,
        'land_area',
        'standing',
        max(denominator)
    from {{ ref('mart_indicator_zone') }}
    where indicator_code = 'forest_coverage_rate' and source = 'spatial'
    group by area_code
    union all
    select
        'dim_zone',
        zone_code,
        'land_area',
        'standing',
        land_area_ha
    from {{ ref('dim_zone') }}
    where land_area_ha is not null
    union all
    select
        'bridge_township_part_zone',
        zone_code,
        'land_area',
        'standing',
        sum(land_area_ha)
    from {{ ref('bridge_township_part_zone') }}
    where land_area_ha is not null
    group by zone_code
    union all -- what indicators are made of, in the units of the measures
    select
        'mart_indicator_zone (' || part.role || ')',
        indicator.area_code,
        part.measure_code,
        indicator.period,
        max(case part.role when 'numerator' then indicator.numerator else indicator.denominator end)
    from {{ ref('mart_indicator_zone') }} as indicator
    inner join alone as part on indicator.indicator_code = part.indicator_code and indicator.source = part.source
    where part.source = 'spatial' and part.measure_code <> 'land_area' and part.role_unit = 'ha'
    group by part.role, indicator.area_code, part.measure_code, indicator.period
    union all
    select
        'mart_indicator_zone (accepted)',
        indicator.area_code,
        part.measure_code,
        'to date',
        indicator.numerator
    from {{ ref('mart_indicator_zone') }} as indicator
    inner join alone as part on indicator.indicator_code = part.indicator_code and indicator.source = part.source
    where part.source = 'acceptance'
    qualify row_number() over (partition by indicator.indicator_code, indicator.area_code order by indicator.period desc) = 1
    union all -- layers, and accepted results of all projects, of the task or not: of tasks for which the plan names none
    select distinct
        'mart_zone_task ' || task_code,
        zone_code,
        figure_code,
        coalesce(period, 'to date'),
        coalesce(value, 0) + coalesce(not_stated_value, 0) + coalesce(other_value, 0)
    from {{ ref('mart_zone_task') }}
    where
        figure_kind = 'measure'
        and coalesce(value, not_stated_value, other_value) is not null
        and (period is not null or project_ids is null and key_area_code is null)
    union all
    select
        'mart_zone_task ' || task_code,
        zone_code,
        figure_code,
        period,
        value
    from {{ ref('mart_zone_task') }}
    where figure_kind = 'indicator' and period is not null
    union all
    select
        'mart_zone_task ' || task_code,
        zone_code,
        figure_code || ' ' || project_ids,
        'to date',
        coalesce(value, 0) + coalesce(not_stated_value, 0) + coalesce(other_value, 0)
    from {{ ref('mart_zone_task') }}
    where figure_kind = 'output_kind' and project_ids is not null and coalesce(value, not_stated_value, other_value) is not null
    union all -- of the projects of each task, as the task adds them up
    select
        'mart_restoration_output',
        task.zone_code,
        task.figure_code || ' ' || task.project_ids,
        'to date',
        coalesce(sum(output.accepted_amount), 0)
    from (
        select distinct
            zone_code,
            figure_code,
            project_ids
        from {{ ref('mart_zone_task') }}
        where figure_kind = 'output_kind' and project_ids is not null and coalesce(value, not_stated_value, other_value) is not null
    ) as task
    left join {{ ref('mart_restoration_output') }} as output
        on
            task.zone_code = output.area_code
            and task.figure_code = output.output_kind
            and '、' || task.project_ids || '、' like '%、' || output.project_id || '、%'
    group by task.zone_code, task.figure_code, task.project_ids
    union all -- the facts themselves: layers by year, accepted results since the base year
    select
        'fct_measure',
        zone.zone_code,
        measured.measure_code,
        case measured.source when 'acceptance' then 'to date' else measured.period end,
        sum(measured.value / case measured.measure_unit when 'm2' then 10000 else 1 end)
    from {{ ref('fct_measure') }} as measured
    inner join {{ ref('dim_zone') }} as zone on zone.zone_code in (measured.consolidation_zone, measured.restoration_zone)
    where
        measured.source = 'spatial'
        or (
            measured.source = 'acceptance'
            and measured.measure_unit = 'ha'
            and extract(year from measured.ends_on) >= {{ plan_fact('base_year') }}
        )
    group by zone.zone_code, measured.measure_code, case measured.source when 'acceptance' then 'to date' else measured.period end
    union all
    select
        'mart_subsidence',
        area_code,
        'subsidence_area',
        period,
        subsided_ha
    from {{ ref('mart_subsidence') }}
    where area_level = 'zone'
)

select
    one.mart,
    other.mart as other_mart,
    one.zone_code,
    one.measure_code,
    one.period,
    one.value,
    other.value as other_value
from figure as one
inner join figure as other
    on
        one.zone_code = other.zone_code
        and one.measure_code = other.measure_code
        and one.period = other.period
        and one.mart < other.mart
where
    one.value is distinct from other.value
    and coalesce(abs(one.value - other.value) > 1e-9 * greatest(1, abs(one.value)), true)
