-- The plans of a project's sub-projects add up to no more than its own, with an allowance. Threshold: times.
-- The project is named where it stands in the submission, else its first sub-project there.
with parts as (
    select
        split_part(project_id, '-', 1) as project,
        field,
        sum(value) as value
    from ledger_value
    where contains(project_id, '-') and field != 'planned_output' -- sub-projects have outputs of different kinds
    group by project, field
)

select
    arg_min(submission_value.row_id, submission_value.reporting_unit) as row_id,
    parts.field,
    parts.project,
    any_value(parts.value) as found,
    any_value(whole.value) as expected
from parts
inner join ledger_value as whole on parts.project = whole.project_id and parts.field = whole.field
inner join submission_value on parts.project = split_part(submission_value.reporting_unit, '-', 1) and parts.field = submission_value.field
where round(parts.value - whole.value * $threshold, 6) > 0
group by parts.project, parts.field
