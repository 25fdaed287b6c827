-- A task is what shall have been reached in all by the year's end: it does not fall.
select
    submission.row_id,
    'task_value' as field,
    submission.task_value as found,
    previous.task_value as expected
from submission
inner join previous on submission.row_id = previous.row_id
where submission.task_unit = previous.task_unit and submission.task_value < previous.task_value
