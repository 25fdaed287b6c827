-- A re-inspection has a date and a result.
select
    row_id,
    'reinspected_on' as field,
    reinspected_on as found,
    reinspection_result as expected
from submission
where (reinspected_on is null) != (reinspection_result is null)
