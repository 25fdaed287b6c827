-- An accepted project stands in the ledger.
select
    row_id,
    'project_id' as field,
    project_id as found,
    null as expected
from submission
where project_id is not null and project_id not in (select project_id from accepted_project_ledger)
