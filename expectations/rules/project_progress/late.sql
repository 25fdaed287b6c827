-- A project is complete by the ledger's planned finish, with an allowance. Threshold: months.
select
    submission.row_id,
    'stage' as field,
    submission.stage,
    submission.period as found,
    ledger.plan_finish as expected,
    date_diff('month', try_cast(ledger.plan_finish || '-01' as date), try_cast(submission.period || '-01' as date)) as months
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
inner join ref_code as stage on submission.stage = stage.code and stage.list = 'stage'
inner join ref_code as completion on completion.list = 'stage' and completion.code = '完工'
where
    stage.position < completion.position
    and date_diff('month', try_cast(ledger.plan_finish || '-01' as date), try_cast(submission.period || '-01' as date)) > $threshold
