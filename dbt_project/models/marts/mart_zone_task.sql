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

figure_link as (
    select
        link.source_code as task_code,
        link.target_kind as figure_kind,
        link.target_code as figure_code,
        linked.task_code is not null as has_projects
    from {{ ref('plan_link') }} as link
    left join linked on link.source_code = linked.task_code
    where link.target_kind in ('measure', 'output_kind')
),

result as (
    select
        'measure' as figure_kind,
        measure_code as figure_code,
        plan_project_id,
        consolidation_zone,
        restoration_zone,
        value,
        measure_unit,
        ends_on,
        is_allocated
    from fact
    where source = 'acceptance'
    union all
    select
        'output_kind',
        output_kind,
        plan_project_id,
        consolidation_zone,
        restoration_zone,
        amount,
        measure_unit,
        ends_on,
        is_allocated
    from {{ ref('int_restoration_output') }}
    where stage = 'accepted'
),

accepted as ( -- of the projects linked; of all where the plan names none
    select
        task.task_code,
        task.zone_code,
        figure_link.figure_kind,
        figure_link.figure_code,
        {{ total('result.value') }} as value,
        bool_or(result.is_allocated) as is_allocated
    from task
    inner join figure_link on task.task_code = figure_link.task_code
    inner join result
        on
            figure_link.figure_kind = result.figure_kind
            and figure_link.figure_code = result.figure_code
            and task.zone_code in (result.consolidation_zone, result.restoration_zone)
    left join linked_project on task.task_code = linked_project.task_code and result.plan_project_id = linked_project.project_id
    where linked_project.project_id is not null or not figure_link.has_projects
    group by task.task_code, task.zone_code, figure_link.figure_kind, figure_link.figure_code
),

received_result as (
    select
        figure_kind,
        figure_code,
        min(measure_unit) as measure_unit,
        max(ends_on) as data_through
    from result
    group by figure_kind, figure_code
),

received_layer as (
    select
        measure_code,
        min(period) as first_period,
        max(period) as latest_period,
        max(ends_on) as data_through
    from fact
    where source = 'spatial'
    group by measure_code
),

standing_area as ( -- layers: hectares in the first and the latest period
    select
        zone.zone_code,
        fact.measure_code,
        {{ total('case when fact.period = received.latest_period then fact.value end') }} / 10000 as value,
        {{ total('case when fact.period = received.first_period then fact.value end') }} / 10000 as first_value
    from fact
    inner join received_layer as received on fact.measure_code = received.measure_code
    inner join {{ ref('zone') }} as zone on zone.zone_code in (fact.consolidation_zone, fact.restoration_zone)
    where fact.source = 'spatial'
    group by zone.zone_code, fact.measure_code
),

named as (
    select
        'measure' as figure_kind,
        measure_code as figure_code,
        name_zh,
        cast(null as string) as measure_unit
    from {{ ref('measure') }}
    union all
    select
        'output_kind',
        output_kind,
        name_zh,
        measure_unit
    from {{ ref('output_kind') }}
),

figure as (
    select
        task.task_code,
        task.zone_code,
        figure_link.figure_kind,
        figure_link.figure_code,
        named.name_zh as figure_name,
        case
            when received_result.figure_code is not null then accepted.value
            when received_layer.measure_code is not null then coalesce(standing_area.value, 0)
        end as value,
        case when received_layer.measure_code is not null then coalesce(standing_area.first_value, 0) end as first_value,
        coalesce(received_result.measure_unit, named.measure_unit, case when received_layer.measure_code is not null then 'ha' end)
            as measure_unit,
        received_layer.latest_period as period,
        coalesce(received_result.data_through, received_layer.data_through) as data_through,
        received_result.figure_code is not null as is_accepted_result,
        coalesce(accepted.is_allocated, false) as is_allocated
    from task
    inner join figure_link on task.task_code = figure_link.task_code
    inner join named on figure_link.figure_kind = named.figure_kind and figure_link.figure_code = named.figure_code
    left join received_result
        on figure_link.figure_kind = received_result.figure_kind and figure_link.figure_code = received_result.figure_code
    left join received_layer on figure_link.figure_kind = 'measure' and figure_link.figure_code = received_layer.measure_code
    left join accepted
        on
            task.task_code = accepted.task_code
            and task.zone_code = accepted.zone_code
            and figure_link.figure_kind = accepted.figure_kind
            and figure_link.figure_code = accepted.figure_code
    left join standing_area on task.zone_code = standing_area.zone_code and received_layer.measure_code = standing_area.measure_code
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
            when figure.is_accepted_result and figure.value is not null then 'done'
            when not figure.is_accepted_result and figure.value is not null then 'measured'
            when reporting.reporting_project_ids is not null then 'under_way'
            when figure.is_accepted_result then 'nothing'
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
    {{ code_name('plan_standing', 'judged.standing') }} as standing_zh
from judged
