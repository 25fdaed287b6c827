-- Planned figures of every project in the ledger as it will be with this submission: what an error holds does not enter it.
with entering as (
    select
        submission_value.reporting_unit,
        submission_value.field,
        submission_value.value
    from submission_value
    where not exists (
        select 1 from reported
        where coalesce(reported.reporting_unit, submission_value.reporting_unit) = submission_value.reporting_unit
    )
)

select
    entering.reporting_unit as project_id,
    entering.field,
    entering.value
from entering
union all
select
    accepted_value.reporting_unit as project_id,
    accepted_value.field,
    accepted_value.value
from accepted_value
where accepted_value.reporting_unit not in (select entering.reporting_unit from entering)
