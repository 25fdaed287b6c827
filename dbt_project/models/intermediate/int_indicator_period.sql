-- For which periods an indicator can be computed, from which source, and up to which day the data reach.
-- Stocks: the years received. Flows: the quarters received and their years. Events: every quarter and year from the year of the first
-- event received to the quarter of the last; a year whose last quarter has no event yet is not over.
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

event_span as (
    select
        'project_acceptance' as dataset,
        acceptance_date as event_on
    from {{ ref('stg_project_acceptance') }}
),

counted as (
    select
        numerator.indicator_code,
        numerator.source,
        numerator.source_rank,
        min(event_span.event_on) as first_on,
        max(event_span.event_on) as last_on
    from numerator
    inner join event_span on numerator.dataset = event_span.dataset and numerator.counted_from <= event_span.event_on
    where numerator.time_basis = 'event'
    group by numerator.indicator_code, numerator.source, numerator.source_rank
),

events as (
    select
        counted.indicator_code,
        counted.source,
        counted.source_rank,
        period.period,
        least(period.ends_on, counted.last_on) as data_through,
        period.ends_on >= date_trunc('quarter', counted.last_on) + interval 3 month as is_open
    from counted
    inner join {{ ref('int_period') }} as period
        on period.starts_on >= date_trunc('year', counted.first_on) and counted.last_on >= period.starts_on
),

received as (
    select
        numerator.indicator_code,
        numerator.source,
        numerator.source_rank,
        period.period,
        max(fact.ends_on) as data_through,
        false as is_open
    from numerator
    inner join {{ ref('int_measure') }} as fact
        on numerator.measure_code = fact.measure_code and numerator.source = fact.source
    inner join {{ ref('int_period') }} as period
        on
            (numerator.time_basis = 'stock' and fact.period = period.period)
            or (numerator.time_basis = 'flow' and fact.starts_on >= period.starts_on and fact.ends_on <= period.ends_on)
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
    candidate.data_through,
    candidate.is_open
from candidate
inner join {{ ref('int_period') }} as period on candidate.period = period.period
qualify row_number() over (partition by candidate.indicator_code, candidate.period order by candidate.source_rank) = 1
