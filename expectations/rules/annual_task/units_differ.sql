-- The tasks of an indicator are in one unit. The first row in another one is named.
select
    arg_max(row_id, task_unit) as row_id,
    'task_unit' as field,
    max(task_unit) as found,
    min(task_unit) as expected
from submission
group by reporting_unit, period
having count(distinct task_unit) > 1
