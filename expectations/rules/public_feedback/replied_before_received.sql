-- Nothing is answered before it came.
select
    row_id,
    'replied_on' as field,
    'received_on' as against_field,
    replied_on as found,
    received_on as expected
from submission
where replied_on < received_on
