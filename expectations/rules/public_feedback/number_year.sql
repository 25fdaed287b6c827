-- The year in the feedback's number is that of its arrival.
select
    row_id,
    'feedback_no' as field,
    regexp_extract(feedback_no, '20\d\d') as found,
    year(received_on) as expected
from submission
where regexp_extract(feedback_no, '20\d\d') not in ('', year(received_on)::varchar)
