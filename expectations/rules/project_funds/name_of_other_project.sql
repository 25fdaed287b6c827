-- A project's name is not that of another project.
select
    row_id,
    'project_name' as field,
    found,
    expected,
    project,
    other
from other_project_name
where is_other
