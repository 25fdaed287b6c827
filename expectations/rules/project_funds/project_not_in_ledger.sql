-- A funded project stands in the ledger.
select
    min(submission.row_id) as row_id,
    'project_id' as field,
    submission.project_id as found,
    null as expected
from submission
left join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
where submission.project_id is not null and ledger.project_id is null
group by submission.project_id
