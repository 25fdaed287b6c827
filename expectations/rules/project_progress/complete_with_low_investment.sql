-- A project that is complete in all its townships has cost a good part of its plan. Threshold: share.
select
    min(submission.row_id) as row_id,
    'cum_investment_wan' as field,
    submission.project_id as project,
    sum(submission.cum_investment_wan) as found,
    any_value(ledger.planned_investment_wan) as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
group by submission.project_id, submission.period
having
    min(submission.physical_progress_pct) = 100
    and sum(submission.cum_investment_wan) < any_value(ledger.planned_investment_wan) * $threshold
