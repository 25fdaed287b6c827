-- Where the plan names all townships of a project, it and its sub-projects lie in no other.
select
    row_id,
    'township_codes' as field,
    project,
    township as found,
    township,
    names as expected
from unlisted_township
where not is_open_list and not is_listed
