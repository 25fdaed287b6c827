-- Quarters and years from the first to the last fact, and the months of which figures are reported.
with span as (
    select
        min(extract(year from starts_on)) as first_year,
        max(extract(year from ends_on)) as last_year
    from {{ ref('int_measure') }}
),

years as (
    select cast(number.year_number as string) as period
    from span
    cross join {{ series('span.first_year', 'span.last_year') }} as number (year_number)
),

periods as (
    select period from years
    union all
    select years.period || quarter.suffix
    from years
    cross join (values ('Q1'), ('Q2'), ('Q3'), ('Q4')) as quarter (suffix)
    union all
    select distinct fact.period
    from {{ ref('int_measure') }} as fact
    inner join {{ ref('measure_source') }} as origin on fact.measure_code = origin.measure_code and fact.source = origin.source
    where origin.time_basis in ('stock', 'flow') and {{ period_grain('fact.period') }} = 'month'
)

select
    period,
    {{ period_grain('period') }} as period_grain,
    {{ period_starts_on('period') }} as starts_on,
    {{ period_ends_on('period') }} as ends_on
from periods
