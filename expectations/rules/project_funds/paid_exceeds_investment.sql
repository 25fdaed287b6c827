-- What is paid is not far ahead of what has been done, advances allowed. Threshold: times. The largest row is named.
with invested as (
    select
        project_id,
        period,
        sum(cum_investment_wan) as invested_wan
    from accepted_project_progress
    group by project_id, period
)

select
    arg_max(submission.row_id, submission.paid_wan) as row_id,
    'paid_wan' as field,
    submission.project_id as project,
    sum(submission.paid_wan) as found,
    any_value(invested.invested_wan) as expected
from submission
inner join invested on submission.project_id = invested.project_id and submission.period = invested.period
group by submission.project_id, submission.period
having sum(submission.paid_wan) > any_value(invested.invested_wan) * $threshold
