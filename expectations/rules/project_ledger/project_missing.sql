-- The project of which a sub-project is a part stands in the ledger.
select
    submission.row_id,
    'project_id' as field,
    submission.project_id as found,
    split_part(submission.project_id, '-', 1) as expected
from submission
where
    contains(submission.project_id, '-')
    and split_part(submission.project_id, '-', 1) not in (
        select ledger_value.project_id from ledger_value
        union all
        select whole.project_id from submission as whole
        where whole.project_id is not null
    )
