-- Nothing is inspected again before it was inspected.
select
    row_id,
    'reinspected_on' as field,
    'inspected_on' as against_field,
    reinspected_on as found,
    inspected_on as expected
from submission
where reinspected_on < inspected_on
