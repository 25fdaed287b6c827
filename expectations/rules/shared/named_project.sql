-- Names of projects and sub-projects, as the plan and the accepted ledger have them.
select
    ref_plan_project.project_id,
    ref_plan_project.project_name
from ref_plan_project
union
select
    project_id,
    project_name
from accepted_project_ledger
