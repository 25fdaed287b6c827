-- A project of the plan bears its name: so many of the characters written are the plan's. Threshold: %.
with compared as (
    select
        submission.row_id,
        submission.project_id as project,
        submission.project_name as found,
        planned.project_name as expected,
        list_distinct(string_split(submission.project_name, '')) as letters,
        string_split(planned.project_name, '') as planned_letters
    from submission
    inner join planned_project as planned on submission.row_id = planned.row_id and submission.project_id = planned.project_id
)

select
    row_id,
    'project_name' as field,
    found,
    expected,
    project
from compared
where len(list_intersect(letters, planned_letters)) * 100.0 < len(letters) * $threshold
