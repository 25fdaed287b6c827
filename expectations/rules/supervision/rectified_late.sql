-- What is rectified after its time is inspected again.
select
    row_id,
    'rectified_on' as field,
    rectified_on as found,
    rectify_due as expected
from submission
where rectified_on > rectify_due and reinspected_on is null
