-- Which outputs that monthly reports ask for each project of the plan has: a 0 in the others says nothing about the work done. A project
-- that the plan does not list is taken at its word. Whether the ledger plans such an output, too, of the project or of its sub-projects.
with planned as (
    select
        plan_project_id,
        bool_or(planned_area_ha > 0) as consolidated_area_to_date,
        bool_or(planned_cropland_ha > 0) as cropland_to_date,
        bool_or(planned_hsf_mu > 0) as hsf_to_date
    from {{ ref('int_project') }}
    group by plan_project_id
),

planned_measure as (
    select
        plan_project_id,
        measure_code,
        is_planned
    from planned unpivot (is_planned for measure_code in (consolidated_area_to_date, cropland_to_date, hsf_to_date))
)

select
    project.project_id,
    measure.measure_code,
    measure.field,
    listed.project_id is not null or whole.project_id is null as has_output,
    coalesce(planned_measure.is_planned, false) as is_planned
from {{ ref('int_project') }} as project
left join {{ ref('plan_project') }} as whole on project.plan_project_id = whole.project_id
cross join {{ ref('measure_source') }} as measure
left join {{ ref('plan_project_output') }} as listed
    on project.plan_project_id = listed.project_id and measure.measure_code = listed.measure_code
left join planned_measure
    on project.plan_project_id = planned_measure.plan_project_id and measure.measure_code = planned_measure.measure_code
where measure.measure_code in (select output.measure_code from {{ ref('plan_project_output') }} as output)
