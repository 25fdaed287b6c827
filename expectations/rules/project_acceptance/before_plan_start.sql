-- Nothing is accepted before it was to begin.
select
    submission.row_id,
    'acceptance_date' as field,
    submission.acceptance_date as found,
    ledger.plan_start as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
where strftime(submission.acceptance_date, '%Y-%m') < ledger.plan_start
