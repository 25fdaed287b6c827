-- A project, and its sub-projects, are of the category that the plan gives it.
select
    submission.row_id,
    'category' as field,
    planned.project_id as project,
    submission.category as found,
    ref_plan_project_category.category_name as expected
from submission
inner join planned_project as planned on submission.row_id = planned.row_id
inner join ref_plan_project_category on planned.category_code = ref_plan_project_category.category_code
where submission.category != ref_plan_project_category.category_name
