-- What was found is rectified in its time, with an allowance. Threshold: days, at the latest inspection known.
with known as (
    select submission.inspected_on
    from submission
    where
        not exists (
            select 1 from reported
            where reported.reporting_unit = submission.reporting_unit and reported.field = 'inspected_on'
        )
    union all
    select inspected_on from history
),

latest as (
    select max(inspected_on) as inspected_on
    from known
)

select
    submission.row_id,
    'rectified_on' as field,
    submission.rectified_on as found,
    submission.rectify_due as expected,
    latest.inspected_on - submission.rectify_due as days
from submission
cross join latest
where submission.rectified_on is null and submission.reinspected_on is null and latest.inspected_on - submission.rectify_due > $threshold
