-- Where the plan names all townships of a project, an opinion on it concerns one of these.
select
    row_id,
    'township_code' as field,
    project,
    township as found,
    names as expected
from unlisted_township
where not is_open_list and not is_listed
