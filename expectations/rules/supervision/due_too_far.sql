-- What was found is not left for so long. Threshold: days.
select
    row_id,
    'rectify_due' as field,
    rectify_due as found,
    inspected_on as expected,
    rectify_due - inspected_on as days
from submission
where rectify_due - inspected_on > $threshold
