-- The plan's project of each row: its own, or that of which it is a sub-project.
select
    submission.row_id,
    ref_plan_project.project_id,
    ref_plan_project.project_name,
    ref_plan_project.category_code,
    nullif(ref_plan_project.phase_in_part_7, '') as phase_in_part_7
from submission
inner join ref_plan_project on split_part(submission.project_id, '-', 1) = ref_plan_project.project_id
