-- Construction does not begin so long before the ledger's planned start. Threshold: months.
select
    submission.row_id,
    'stage' as field,
    submission.period as found,
    ledger.plan_start as expected,
    date_diff('month', try_cast(submission.period || '-01' as date), try_cast(ledger.plan_start || '-01' as date)) as months
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
inner join ref_code as stage on submission.stage = stage.code and stage.list = 'stage'
inner join ref_code as building on building.list = 'stage' and building.code = '在建'
where
    stage.position >= building.position
    and date_diff('month', try_cast(submission.period || '-01' as date), try_cast(ledger.plan_start || '-01' as date)) > $threshold
