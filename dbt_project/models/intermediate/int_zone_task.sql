-- What was done for each task of the plan, by zone: tasks of the consolidation zones, directions of the restoration zones, the six types of
-- part five and the key areas. One row a task, zone and figure; a task that nothing is linked to has a row that says so. Only results that
-- are of what the task speaks of count for it: of ground of the origin, kind or quality in plan_link_scope, and of a key area's tasks what
-- is recorded in the key area. Results that do not say it, and results of other ground, stand beside the value.
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
    from {{ ref('int_measure') }}
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
        is_allocated,
        submission_id,
        row_id
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
        is_allocated,
        submission_id,
        row_id
    from {{ ref('int_restoration_output') }}
    where stage = 'accepted'
),

recorded_area as ( -- key areas that acceptances name, themselves or by a village
    select
        acceptance.submission_id,
        acceptance.row_id,
        recorded.key_area_code
    from {{ ref('int_key_area_project') }} as recorded
    inner join {{ ref('stg_project_acceptance') }} as acceptance
        on recorded.project_id = acceptance.project_id and recorded.acceptance_no = acceptance.acceptance_no
    where recorded.stage = 'acceptance'
),

says_area as (
    select distinct
        submission_id,
        row_id
    from recorded_area
),

narrowed as (
    select distinct
        source_code as task_code,
        measure_code as figure_code
    from {{ ref('plan_link_scope') }}
),

belonging as ( -- of the projects linked; of all where the plan names none, and for a key area then of those recorded in it
    select
        task.task_code,
        task.zone_code,
        figure_link.figure_kind,
        figure_link.figure_code,
        result.value,
        result.is_allocated,
        case
            when task.key_area_code is not null and own_area.key_area_code is not null then 'own'
            when task.key_area_code is not null then case when says_area.row_id is null then 'not_stated' else 'other' end
            when narrowed.task_code is null or scope.stated is not null then 'own'
            when land.stated is null then 'not_stated'
            else 'other'
        end as belongs
    from task
    inner join figure_link on task.task_code = figure_link.task_code
    inner join result
        on
            figure_link.figure_kind = result.figure_kind
            and figure_link.figure_code = result.figure_code
            and task.zone_code in (result.consolidation_zone, result.restoration_zone)
    left join linked_project on task.task_code = linked_project.task_code and result.plan_project_id = linked_project.project_id
    left join narrowed on task.task_code = narrowed.task_code and figure_link.figure_code = narrowed.figure_code
    left join {{ ref('int_accepted_land') }} as land
        on
            result.submission_id = land.submission_id
            and result.row_id = land.row_id
            and result.figure_code = land.measure_code
    left join {{ ref('plan_link_scope') }} as scope
        on
            task.task_code = scope.source_code
            and land.measure_code = scope.measure_code
            and land.dimension = scope.dimension
            and land.stated = scope.stated
    left join says_area on result.submission_id = says_area.submission_id and result.row_id = says_area.row_id
    left join recorded_area as own_area
        on
            result.submission_id = own_area.submission_id
            and result.row_id = own_area.row_id
            and task.key_area_code = own_area.key_area_code
    where
        linked_project.project_id is not null
        or not figure_link.has_projects and (task.key_area_code is null or own_area.key_area_code is not null)
),

accepted as (
    select
        task_code,
        zone_code,
        figure_kind,
        figure_code,
        {{ total("case when belongs = 'own' then value end") }} as value,
        {{ total("case when belongs = 'not_stated' and value > 0 then value end") }} as not_stated_value,
        {{ total("case when belongs = 'other' and value > 0 then value end") }} as other_value,
        bool_or(is_allocated and belongs = 'own') as is_allocated
    from belonging
    group by task_code, zone_code, figure_kind, figure_code
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
        accepted.not_stated_value,
        accepted.other_value,
        case when received_layer.measure_code is not null then coalesce(standing_area.first_value, 0) end as first_value,
        coalesce(received_result.measure_unit, named.measure_unit, case when received_layer.measure_code is not null then 'ha' end)
            as measure_unit,
        received_layer.latest_period as period,
        coalesce(received_result.data_through, received_layer.data_through) as data_through,
        received_result.figure_code is not null as is_accepted_result,
        figure_link.figure_kind = 'output_kind' or origin.measure_code is not null as is_result,
        coalesce(accepted.is_allocated, false) as is_allocated
    from task
    inner join figure_link on task.task_code = figure_link.task_code
    inner join named on figure_link.figure_kind = named.figure_kind and figure_link.figure_code = named.figure_code
    left join received_result
        on figure_link.figure_kind = received_result.figure_kind and figure_link.figure_code = received_result.figure_code
    left join {{ ref('measure_source') }} as origin
        on figure_link.figure_kind = 'measure' and figure_link.figure_code = origin.measure_code and origin.source = 'acceptance'
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
        null,
        null,
        latest.base_value,
        indicator.measure_unit,
        latest.period,
        latest.data_through,
        false,
        false,
        coalesce(latest.is_allocated, false)
    from task
    inner join {{ ref('plan_link') }} as link on task.task_code = link.source_code and link.target_kind = 'indicator'
    inner join {{ ref('indicator') }} as indicator on link.target_code = indicator.indicator_code and indicator.aggregation = 'ratio'
    left join {{ ref('int_indicator_latest') }} as latest
        on indicator.indicator_code = latest.indicator_code and task.zone_code = latest.area_code
)

select
    task.*,
    linked.project_ids,
    reporting.reporting_project_ids,
    figure.figure_kind,
    figure.figure_code,
    figure.figure_name,
    figure.value,
    figure.not_stated_value,
    figure.other_value,
    case
        when linked.project_ids is null and figure.figure_code is null then 'not_linked'
        when figure.value is not null then null
        when figure.not_stated_value is not null then 'not_stated'
        when figure.other_value is not null then 'other_ground'
        when figure.is_result then 'none_accepted'
        when figure.figure_code is null then 'no_figure'
        else 'none_received'
    end as null_reason,
    figure.first_value,
    figure.measure_unit,
    figure.period,
    figure.data_through,
    figure.is_accepted_result and task.kind = 'consolidation_project_type' and figure.value is not null as is_additive,
    coalesce(figure.is_allocated, false) as is_allocated,
    case
        when linked.project_ids is null and figure.figure_code is null then 'not_linked'
        when figure.is_accepted_result and figure.value > 0 then 'done'
        when not figure.is_accepted_result and figure.value is not null then 'measured'
        when figure.not_stated_value is not null then 'not_stated'
        when reporting.reporting_project_ids is not null then 'under_way'
        when figure.is_accepted_result then 'nothing'
        else 'no_data'
    end as standing
from task
left join linked on task.task_code = linked.task_code
left join reporting on task.task_code = reporting.task_code and task.zone_code = reporting.zone_code
left join figure on task.task_code = figure.task_code and task.zone_code = figure.zone_code
