-- A decision says what it was.
select
    row_id,
    'result_use' as field,
    result_use as found,
    decided_on as expected
from submission
where result_use is null and (decided_on is not null or budget_change_wan is not null)
