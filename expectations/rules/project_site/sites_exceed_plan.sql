-- The sites of a project add up to no more than the ledger plans, with an allowance. Threshold: times. The largest site is named.
select
    arg_max(submission.row_id, submission.area_m2) as row_id,
    'project_id' as field,
    submission.project_id as project,
    sum(submission.area_m2) / 10000 as found,
    any_value(ledger.planned_area_ha) as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
group by submission.project_id, submission.period
having
    any_value(ledger.planned_area_ha) > 0
    and sum(submission.area_m2) / 10000 > any_value(ledger.planned_area_ha) * $threshold
