-- Where the plan names all townships of a project, it concerns no other.
select
    row_id,
    'township_code' as field,
    project,
    township as found,
    township,
    names as expected
from unlisted_township
where not is_open_list and not is_listed
