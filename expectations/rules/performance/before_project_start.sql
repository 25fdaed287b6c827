-- A project is evaluated when it has begun, or is about to. Threshold: years.
select
    min(submission.row_id) as row_id,
    'period' as field,
    submission.period as found,
    ledger.plan_start as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
where try_cast(left(ledger.plan_start, 4) as integer) - try_cast(submission.period as integer) > $threshold
group by submission.reporting_unit, submission.period, ledger.plan_start
