-- Where the plan's list of a project's townships is open (等), another township is worth a look.
select
    row_id,
    'township_codes' as field,
    project,
    township as found,
    township,
    names as expected
from unlisted_township
where is_open_list and not is_listed
