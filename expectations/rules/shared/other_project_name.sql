-- Rows whose project has a name that is known, and whether that is another project's alone.
select
    submission.row_id,
    submission.project_name as found,
    any_value(own.project_name) as expected,
    submission.project_id as project,
    min(other.project_id) filter (where other.project_id != submission.project_id) as other,
    bool_or(other.project_id != submission.project_id)
    and not coalesce(bool_or(own.project_name = submission.project_name), false) as is_other
from submission
inner join named_project as other on submission.project_name = other.project_name
left join named_project as own on submission.project_id = own.project_id
group by submission.row_id, submission.project_name, submission.project_id
