-- What one township reports of a project is no more than the ledger plans for the whole project, with an allowance. Threshold: times.
select
    submission.row_id,
    planned.field,
    planned.found,
    planned.expected
from submission
inner join planned_progress as planned on submission.row_id = planned.row_id
where round(planned.found - planned.expected * $threshold, 6) > 0
