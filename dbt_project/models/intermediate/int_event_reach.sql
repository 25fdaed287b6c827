-- Up to which day a dataset of events speaks. Events have no due day, so that none came proves nothing by itself: it speaks up to its
-- newest event, or up to the end of the month until which every monthly report of the same projects has come, as those say month by month
-- what was accepted to date, or up to the day that a ledger declares (截至).
with reported_month as (
    select
        {{ period_starts_on('period') }} as starts_on,
        {{ period_ends_on('period') }} as ends_on,
        bool_and(is_met) as is_complete
    from {{ ref('stg_expected_report') }}
    where dataset = 'project_progress'
    group by period
),

gap as (
    select min(starts_on) as first_gap_on
    from reported_month
    where not is_complete
),

witness as (
    select max(reported_month.ends_on) as reported_through
    from reported_month
    cross join gap
    where gap.first_gap_on is null or reported_month.ends_on < gap.first_gap_on
),

event as (
    select max(acceptance_date) as last_event_on
    from {{ ref('stg_project_acceptance') }}
),

declared as (
    select max(declared_through) as declared_through
    from {{ ref('int_declared_day') }}
    where dataset = 'project_acceptance'
)

select
    'project_acceptance' as dataset,
    event.last_event_on,
    witness.reported_through,
    declared.declared_through,
    case
        when event.last_event_on is not null
            then
                greatest(
                    event.last_event_on,
                    coalesce(witness.reported_through, event.last_event_on),
                    coalesce(declared.declared_through, event.last_event_on)
                )
    end as speaks_until
from event
cross join witness
cross join declared
