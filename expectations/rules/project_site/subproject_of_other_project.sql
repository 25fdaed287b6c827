-- A sub-project's number begins with its project's.
select
    row_id,
    'subproject_id' as field,
    subproject_id as found,
    project_id as expected,
    'project_id' as against_field
from submission
where not starts_with(subproject_id, project_id)
