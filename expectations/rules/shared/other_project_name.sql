-- Rows whose project is named as another project is.
select
    submission.row_id,
    submission.project_name as found,
    any_value(own.project_name) as expected,
    submission.project_id as project,
    min(other.project_id) as other
from submission
inner join named_project as other on submission.project_name = other.project_name
left join named_project as own on submission.project_id = own.project_id
where submission.project_id != other.project_id
group by submission.row_id, submission.project_name, submission.project_id
having not coalesce(bool_or(own.project_name = submission.project_name), false)
