-- What was done for each task of the plan, by zone: tasks of the consolidation zones, directions of the restoration zones, the six types of
-- part five and the key areas. One row a task, zone and figure; a task that nothing is linked to has a row that says so.
with task as (
    select
        stated.statement_code as task_code,
        stated.kind,
        kind.kind_zh,
        stated.text_zh as task_zh,
        case when stated.kind = 'key_area_measure' then stated.subject_code end as key_area_code,
        zone.zone_code,
        zone.zone_name,
        zone.zoning
    from {{ ref('plan_statement') }} as stated
    inner join {{ ref('plan_statement_kind') }} as kind on stated.kind = kind.kind
    inner join {{ ref('zone') }} as zone
        on
            stated.subject_code = zone.zone_code
            or stated.kind in ('consolidation_project_type', 'key_area_measure') and zone.zoning = 'consolidation'
    where stated.kind in ('zone_task', 'zone_direction', 'consolidation_project_type', 'key_area_measure')
    union all
    select
        area.key_area_code as task_code,
        'key_area' as kind,
        '修复重点区' as kind_zh,
        area.key_area_name as task_zh,
        area.key_area_code,
        zone.zone_code,
        zone.zone_name,
        zone.zoning
    from {{ ref('plan_key_area') }} as area
    inner join {{ ref('zone') }} as zone on area.zoning = zone.zoning
    where area.zoning = 'restoration'
),

linked_project as (
    select
        source_code as task_code,
        target_code as project_id
    from {{ ref('plan_link') }}
    where target_kind = 'project'
),

linked as (
    select
        task_code,
        {{ joined_in_order('project_id', 'project_id', '、') }} as project_ids
    from linked_project
    group by task_code
),

fact as (
    select
        *,
        left(project_id, 2) as plan_project_id
    from {{ ref('fct_measure') }}
    where
        source = 'spatial'
        or source in ('acceptance', 'progress') and extract(year from ends_on) >= {{ plan_fact('base_year') }}
),

reporting as (
    select
        task.task_code,
        task.zone_code,
        {{ joined_distinct('fact.plan_project_id', '、') }} as reporting_project_ids
    from task
    inner join linked_project on task.task_code = linked_project.task_code
    inner join fact
        on
            linked_project.project_id = fact.plan_project_id
            and task.zone_code in (fact.consolidation_zone, fact.restoration_zone)
    group by task.task_code, task.zone_code
),

measure_link as (
    select
        link.source_code as task_code,
        link.target_code as measure_code,
        linked.task_code is not null as has_projects
    from {{ ref('plan_link') }} as link
    left join linked on link.source_code = linked.task_code
    where link.target_kind = 'measure'
),

accepted as ( -- of the projects linked; of all where the plan names none
    select
        task.task_code,
        task.zone_code,
        fact.measure_code,
        {{ total('fact.value') }} as value,
        bool_or(fact.is_allocated) as is_allocated
    from task
    inner join measure_link on task.task_code = measure_link.task_code
    inner join fact
        on
            measure_link.measure_code = fact.measure_code
            and fact.source = 'acceptance'
            and task.zone_code in (fact.consolidation_zone, fact.restoration_zone)
    left join linked_project on task.task_code = linked_project.task_code and fact.plan_project_id = linked_project.project_id
    where linked_project.project_id is not null or not measure_link.has_projects
    group by task.task_code, task.zone_code, fact.measure_code
),

received as (
    select
        measure_code,
        source,
        min(measure_unit) as measure_unit,
        min(period) as first_period,
        max(period) as latest_period,
        max(ends_on) as data_through
    from fact
    group by measure_code, source
),

standing_area as ( -- layers: hectares in the first and the latest period
    select
        zone.zone_code,
        fact.measure_code,
        {{ total('case when fact.period = received.latest_period then fact.value end') }} / 10000 as value,
        {{ total('case when fact.period = received.first_period then fact.value end') }} / 10000 as first_value
    from fact
    inner join received on fact.measure_code = received.measure_code and fact.source = received.source
    inner join {{ ref('zone') }} as zone on zone.zone_code in (fact.consolidation_zone, fact.restoration_zone)
    where fact.source = 'spatial'
    group by zone.zone_code, fact.measure_code
),

figure as (
    select
        task.task_code,
        task.zone_code,
        'measure' as figure_kind,
        measure_link.measure_code as figure_code,
        measure.name_zh as figure_name,
        case when received.source is not null then coalesce(accepted.value, standing_area.value, 0) end as value,
        case when received.source = 'spatial' then coalesce(standing_area.first_value, 0) end as first_value,
        case when received.source = 'spatial' then 'ha' else received.measure_unit end as measure_unit,
        case when received.source = 'spatial' then received.latest_period end as period,
        received.data_through,
        received.source = 'acceptance' as is_accepted_result,
        coalesce(accepted.is_allocated, false) as is_allocated
    from task
    inner join measure_link on task.task_code = measure_link.task_code
    inner join {{ ref('measure') }} as measure on measure_link.measure_code = measure.measure_code
    left join received on measure_link.measure_code = received.measure_code and received.source in ('acceptance', 'spatial')
    left join accepted
        on
            task.task_code = accepted.task_code
            and task.zone_code = accepted.zone_code
            and measure_link.measure_code = accepted.measure_code
    left join standing_area
        on
            received.source = 'spatial'
            and task.zone_code = standing_area.zone_code
            and measure_link.measure_code = standing_area.measure_code
    union all
    select
        task.task_code,
        task.zone_code,
        'indicator',
        indicator.indicator_code,
        indicator.name_zh,
        latest.value,
        latest.base_value,
        indicator.measure_unit,
        latest.period,
        latest.data_through,
        false,
        coalesce(latest.is_allocated, false)
    from task
    inner join {{ ref('plan_link') }} as link on task.task_code = link.source_code and link.target_kind = 'indicator'
    inner join {{ ref('indicator') }} as indicator on link.target_code = indicator.indicator_code and indicator.aggregation = 'ratio'
    left join {{ ref('int_indicator_latest') }} as latest
        on indicator.indicator_code = latest.indicator_code and task.zone_code = latest.area_code
),

judged as (
    select
        task.*,
        linked.project_ids,
        reporting.reporting_project_ids,
        figure.figure_kind,
        figure.figure_code,
        figure.figure_name,
        figure.value,
        figure.first_value,
        figure.measure_unit,
        figure.period,
        figure.data_through,
        coalesce(figure.is_allocated, false) as is_allocated,
        case
            when linked.project_ids is null and figure.figure_code is null then 'not_linked'
            when figure.is_accepted_result and figure.value > 0 then 'done'
            when not figure.is_accepted_result and figure.value is not null then 'measured'
            when reporting.reporting_project_ids is not null then 'under_way'
            when figure.value is not null then 'nothing'
            else 'no_data'
        end as standing
    from task
    left join linked on task.task_code = linked.task_code
    left join reporting on task.task_code = reporting.task_code and task.zone_code = reporting.zone_code
    left join figure on task.task_code = figure.task_code and task.zone_code = figure.zone_code
)

select
    judged.task_code,
    judged.kind,
    judged.kind_zh,
    judged.task_zh,
    judged.key_area_code,
    judged.zoning,
    judged.zone_code,
    judged.zone_name,
    judged.project_ids,
    judged.reporting_project_ids,
    judged.figure_kind,
    judged.figure_code,
    judged.figure_name,
    judged.value,
    judged.first_value,
    judged.measure_unit,
    judged.period,
    judged.data_through,
    judged.is_allocated,
    judged.standing,
    standing.standing_zh
from judged
inner join {{ ref('plan_standing') }} as standing on judged.standing = standing.standing
