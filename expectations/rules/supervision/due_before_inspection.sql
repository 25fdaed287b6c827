-- Nothing is due before it was found.
select
    row_id,
    'rectify_due' as field,
    'inspected_on' as against_field,
    rectify_due as found,
    inspected_on as expected
from submission
where rectify_due < inspected_on
