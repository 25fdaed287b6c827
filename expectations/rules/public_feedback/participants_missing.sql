-- How many took part in a review, a hearing or a training is known.
select
    row_id,
    'participants' as field,
    participants as found,
    event_kind as expected
from submission
where event_kind in ('专家评审', '听证论证', '宣传培训') and coalesce(participants, 0) = 0
