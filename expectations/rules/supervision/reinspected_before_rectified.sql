-- What is inspected again has been rectified.
select
    row_id,
    'reinspected_on' as field,
    reinspected_on as found,
    rectified_on as expected
from submission
where inspected_on <= reinspected_on and reinspected_on < rectified_on
