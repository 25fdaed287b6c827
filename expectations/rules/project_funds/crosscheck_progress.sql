-- The funds of a project that have arrived are those of the month's progress reports. Threshold: %. The largest row is named.
with reported_funds as (
    select
        project_id,
        period,
        sum(
            coalesce(funds_central_wan, 0) + coalesce(funds_province_wan, 0) + coalesce(funds_local_wan, 0) + coalesce(funds_social_wan, 0)
        ) as arrived_wan
    from accepted_project_progress
    group by project_id, period
)

select
    arg_max(submission.row_id, submission.arrived_wan) as row_id,
    'arrived_wan' as field,
    submission.project_id as project,
    sum(submission.arrived_wan) as found,
    any_value(reported_funds.arrived_wan) as expected
from submission
inner join reported_funds on submission.project_id = reported_funds.project_id and submission.period = reported_funds.period
group by submission.project_id, submission.period
having
    abs(sum(submission.arrived_wan) - any_value(reported_funds.arrived_wan)) > any_value(reported_funds.arrived_wan) * $threshold / 100
