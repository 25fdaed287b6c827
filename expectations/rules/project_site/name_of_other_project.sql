-- A project's name is not that of another project.
select
    submission.row_id,
    'project_name' as field,
    submission.project_name as found,
    any_value(own.project_name) as expected,
    submission.subproject_id as project,
    min(other.project_id) filter (where submission.subproject_id != other.project_id and submission.project_id != other.project_id) as other
from submission
inner join named_project as other on submission.project_name = other.project_name
left join named_project as own on submission.subproject_id = own.project_id
group by submission.row_id, submission.project_name, submission.subproject_id
having
    not (
        coalesce(bool_or(own.project_name = submission.project_name), false)
        or not bool_or(submission.subproject_id != other.project_id and submission.project_id != other.project_id)
    )
