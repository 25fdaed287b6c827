-- An answer is given in its time. Threshold: days.
select
    row_id,
    'replied_on' as field,
    replied_on as found,
    received_on as expected,
    replied_on - received_on as days
from submission
where replied_on - received_on > $threshold
