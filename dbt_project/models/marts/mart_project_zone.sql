-- What projects bring to each zone, month by month: money and area to date, by the ground where it lies. Every zone has a row for each
-- month in which the project was reported: where none of its townships reported it, or the project has no such output, the figure is
-- null, not 0.
with placed as (
    select
        fact.project_id,
        fact.period,
        zone.zone_code,
        fact.measure_code,
        {{ total('fact.value') }} as value,
        bool_or(fact.is_allocated) as is_allocated
    from {{ ref('fct_measure') }} as fact
    inner join {{ ref('zone') }} as zone on zone.zone_code in (fact.consolidation_zone, fact.restoration_zone)
    where fact.source = 'progress'
    group by fact.project_id, fact.period, zone.zone_code, fact.measure_code
),

project_month as (
    select distinct
        project_id,
        period
    from {{ ref('fct_measure') }}
    where source = 'progress'
),

figure as (
    select
        month.project_id,
        month.period,
        area.zoning,
        area.area_code as zone_code,
        area.area_name as zone_name,
        area.counts_once,
        origin.measure_code,
        {{ output_reported('placed.value', 'output.has_output') }} as value,
        {{ null_reason('placed.value', 'output.has_output', 'output.is_planned') }} as null_reason,
        field.measure_unit,
        coalesce(placed.is_allocated, false) as is_allocated
    from project_month as month
    inner join {{ ref('int_area') }} as area on area.area_level = 'zone'
    inner join {{ ref('measure_source') }} as origin on origin.source = 'progress'
    inner join {{ ref('contract_field') }} as field on origin.dataset = field.dataset and origin.field = field.field
    left join placed
        on
            month.project_id = placed.project_id
            and month.period = placed.period
            and area.area_code = placed.zone_code
            and origin.measure_code = placed.measure_code
    left join {{ ref('int_project_output') }} as output
        on month.project_id = output.project_id and origin.measure_code = output.measure_code
)

select
    figure.project_id,
    project.project_name,
    figure.period,
    figure.zoning,
    figure.zone_code,
    figure.zone_name,
    figure.measure_code,
    measure.name_zh as measure_name,
    figure.value,
    figure.value - lag(figure.value) over (
        partition by figure.project_id, figure.zone_code, figure.measure_code
        order by figure.period
    ) as in_period_value,
    figure.null_reason,
    {{ code_name('null_reason', 'figure.null_reason') }} as null_reason_zh,
    figure.measure_unit,
    figure.counts_once and figure.value is not null as is_additive,
    figure.is_allocated
from figure
inner join {{ ref('dim_project') }} as project on figure.project_id = project.project_id
inner join {{ ref('measure') }} as measure on figure.measure_code = measure.measure_code
