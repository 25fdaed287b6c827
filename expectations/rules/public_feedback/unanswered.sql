-- An answer is given in its time. Threshold: days, at the latest feedback known.
with known as (
    select submission.received_on
    from submission
    where
        not exists (
            select 1 from reported
            where reported.reporting_unit = submission.reporting_unit and reported.field = 'received_on'
        )
    union all
    select received_on from history
),

latest as (
    select max(received_on) as received_on
    from known
)

select
    submission.row_id,
    'replied_on' as field,
    submission.replied_on as found,
    submission.received_on as expected,
    latest.received_on - submission.received_on as days
from submission
cross join latest
where
    coalesce(submission.event_kind, '来信来访') not in (
        select ref_participation_event.event_kind
        from ref_participation_event
        where ref_participation_event.is_answerable = 'false'
    )
    and submission.replied_on is null
    and latest.received_on - submission.received_on > $threshold
