-- The output accepted of a project, in all, is no more than the ledger plans for it, with an allowance. Threshold: times. The last
-- record is named.
with accepted as (
    select
        project_id,
        output_kind,
        output_unit,
        sum(accepted_output) as output
    from acceptance_record
    where conclusion = '合格'
    group by project_id, output_kind, output_unit
)

select
    max(submission.row_id) as row_id,
    'accepted_output' as field,
    submission.project_id as project,
    any_value(accepted.output) as found,
    any_value(ledger.planned_output) as expected
from submission
inner join accepted
    on
        submission.project_id = accepted.project_id
        and submission.output_kind = accepted.output_kind
        and submission.output_unit = accepted.output_unit
inner join accepted_project_ledger as ledger
    on
        accepted.project_id = ledger.project_id
        and accepted.output_kind = ledger.output_kind
        and accepted.output_unit = ledger.output_unit
group by submission.project_id, accepted.output_kind, accepted.output_unit
having round(any_value(accepted.output) - any_value(ledger.planned_output) * $threshold, 6) > 0
