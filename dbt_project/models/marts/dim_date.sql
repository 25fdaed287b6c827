-- Every day from the plan's base year to its last: the spine on which metrics are laid over time.
with plan as (
    select
        make_date(cast({{ plan_fact('base_year') }} as integer), 1, 1) as first_day,
        make_date(cast({{ plan_fact('far_term_to') }} as integer), 12, 31) as last_day
),

numbers as (
    select
        first_day,
        {{ series('0', 'last_day - first_day') }} as day_number
    from plan
),

days as (
    select first_day + cast(day_number as integer) as date_day
    from numbers
)

select
    date_day,
    cast(extract(year from date_day) as integer) as year_number,
    cast(extract(quarter from date_day) as integer) as quarter_number,
    cast(extract(month from date_day) as integer) as month_number,
    strftime(date_day, '%Y') as year_period,
    strftime(date_day, '%Y') || 'Q' || extract(quarter from date_day) as quarter_period,
    strftime(date_day, '%Y-%m') as month_period,
    date_day <= make_date(cast({{ plan_fact('near_term_to') }} as integer), 12, 31) as is_near_term
from days
