-- Nothing is rectified before it was inspected.
select
    row_id,
    'rectified_on' as field,
    'inspected_on' as against_field,
    rectified_on as found,
    inspected_on as expected
from submission
where rectified_on < inspected_on
