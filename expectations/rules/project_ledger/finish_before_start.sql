-- A project is finished no earlier than it starts.
select
    row_id,
    'plan_finish' as field,
    'plan_start' as against_field,
    plan_finish as found,
    plan_start as expected
from submission
where plan_finish < plan_start
