-- What was done is said of a duty that is fulfilled.
select
    row_id,
    'note' as field,
    note as found,
    duty_status as expected
from submission
where duty_status = '已落实' and note is null
