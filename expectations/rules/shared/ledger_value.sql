-- Planned figures of every project in the ledger as it will be with this submission.
select
    submission_value.unit as project_id,
    submission_value.field,
    submission_value.value
from submission_value
union all
select
    accepted_value.unit as project_id,
    accepted_value.field,
    accepted_value.value
from accepted_value
where accepted_value.unit not in (select submission_value.unit from submission_value)
