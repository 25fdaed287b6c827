-- What all townships report of a project is no more than the ledger plans for it, with an allowance. Threshold: times.
-- The largest figure is named; a single one that exceeds the plan is reported by its own rule (exceeds_plan).
select
    arg_max(planned.row_id, planned.found) as row_id,
    planned.field,
    submission.project_id as project,
    sum(planned.found) as found,
    any_value(planned.expected) as expected
from submission
inner join planned_progress as planned on submission.row_id = planned.row_id
group by submission.project_id, submission.period, planned.field
having
    round(max(planned.found) - any_value(planned.expected) * $threshold, 6) <= 0
    and round(sum(planned.found) - any_value(planned.expected) * $threshold, 6) > 0
