-- A decision says what it was.
select
    row_id,
    'result_use' as field,
    result_use as found,
    decided_on as expected
from submission
where (decided_on is not null or budget_change_wan is not null) and result_use is null
