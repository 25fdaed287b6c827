-- Quarters and years from the first to the last fact.
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
)

select
    period,
    {{ period_grain('period') }} as period_grain,
    {{ period_starts_on('period') }} as starts_on,
    {{ period_ends_on('period') }} as ends_on
from periods
