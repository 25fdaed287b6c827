-- For which periods an indicator can be computed, from which source, and up to which day the data reach.
-- Stocks and flows: the months, quarters and years received, and the longer ones that they lie in. Events: every quarter and year from
-- the year of the first event received to the day up to which the events speak. A period is open while its end is not past on the as-of
-- date, and while the events do not reach it; which reports of a period are missing, area by area, is in int_report_coverage.
with numerator as (
    select distinct
        indicator_code,
        source,
        source_rank,
        dataset,
        measure_code,
        time_basis,
        counted_from
    from {{ ref('int_indicator_measure') }}
    where role = 'numerator'
),

first_event as (
    select
        numerator.indicator_code,
        numerator.source,
        numerator.source_rank,
        reach.speaks_until,
        min(event.acceptance_date) as first_on
    from numerator
    inner join {{ ref('int_event_reach') }} as reach on numerator.dataset = reach.dataset
    inner join {{ ref('stg_project_acceptance') }} as event on numerator.counted_from <= event.acceptance_date
    where numerator.time_basis = 'event'
    group by numerator.indicator_code, numerator.source, numerator.source_rank, reach.speaks_until
),

events as (
    select
        first_event.indicator_code,
        first_event.source,
        first_event.source_rank,
        period.period,
        least(period.ends_on, first_event.speaks_until) as data_through,
        period.ends_on > first_event.speaks_until as is_short
    from first_event
    inner join {{ ref('int_period') }} as period
        on
            period.period_grain <> 'month'
            and period.starts_on >= date_trunc('year', first_event.first_on)
            and first_event.speaks_until >= period.starts_on
),

received as (
    select
        numerator.indicator_code,
        numerator.source,
        numerator.source_rank,
        period.period,
        max(fact.ends_on) as data_through,
        false as is_short
    from numerator
    inner join {{ ref('int_measure') }} as fact
        on numerator.measure_code = fact.measure_code and numerator.source = fact.source
    inner join {{ ref('int_period') }} as period
        on
            numerator.time_basis in ('stock', 'flow')
            and fact.starts_on >= period.starts_on
            and fact.ends_on <= period.ends_on
    group by numerator.indicator_code, numerator.source, numerator.source_rank, period.period
),

candidate as (
    select * from events
    union all
    select * from received
)

select
    candidate.indicator_code,
    candidate.source,
    candidate.period,
    period.period_grain,
    period.starts_on,
    period.ends_on,
    least(candidate.data_through, today.as_of_date) as data_through,
    candidate.is_short or period.ends_on >= today.as_of_date as is_open
from candidate
cross join {{ ref('int_as_of_date') }} as today
inner join {{ ref('int_period') }} as period on candidate.period = period.period
qualify row_number() over (partition by candidate.indicator_code, candidate.period order by candidate.source_rank) = 1
