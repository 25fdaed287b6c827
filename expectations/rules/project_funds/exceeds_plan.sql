-- The funds of a project are no more than its planned investment, with an allowance. Threshold: times. The largest row is named.
select
    arg_max(submission.row_id, submission.arrived_wan) as row_id,
    'arrived_wan' as field,
    submission.project_id as project,
    sum(submission.arrived_wan) as found,
    any_value(ledger.planned_investment_wan) as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
group by submission.project_id, submission.period
having sum(submission.arrived_wan) > any_value(ledger.planned_investment_wan) * $threshold
