-- Whether somebody is satisfied shows after the reply.
select
    row_id,
    'satisfied' as field,
    satisfied as found,
    replied_on as expected
from submission
where satisfied is not null and replied_on is null
