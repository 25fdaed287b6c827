-- The plan's projects in the ledger as it will be with this submission.
select
    project_id,
    plan_start,
    plan_finish,
    township_codes
from submission
where not contains(project_id, '-')
union all
select
    project_id,
    plan_start,
    plan_finish,
    township_codes
from accepted_project_ledger
where not contains(project_id, '-') and reporting_unit not in (select submission.reporting_unit from submission)
