-- Which outputs that monthly reports ask for each project of the plan has: a 0 in the others says nothing about the work done. A project
-- that the plan does not list is taken at its word.
select
    project.project_id,
    measure.measure_code,
    measure.field,
    listed.project_id is not null or whole.project_id is null as has_output
from {{ ref('int_project') }} as project
left join {{ ref('plan_project') }} as whole on project.plan_project_id = whole.project_id
cross join {{ ref('measure_source') }} as measure
left join {{ ref('plan_project_output') }} as listed
    on project.plan_project_id = listed.project_id and measure.measure_code = listed.measure_code
where measure.measure_code in (select output.measure_code from {{ ref('plan_project_output') }} as output)
