-- A change of budget has an amount.
select
    row_id,
    'budget_change_wan' as field,
    budget_change_wan as found,
    result_use as expected
from submission
where result_use = '预算调整' and budget_change_wan is null
