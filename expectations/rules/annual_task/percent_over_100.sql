-- No rate is over the whole. Threshold: %.
select
    row_id,
    'task_value' as field,
    task_value as found,
    $threshold as expected
from submission
where task_unit = 'pct' and task_value > $threshold
