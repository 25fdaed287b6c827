-- Every day from the plan's base year to its last: the spine on which metrics are laid over time.
with plan as (
    select
        make_date(cast({{ plan_fact('base_year') }} as integer), 1, 1) as first_day,
        make_date(cast({{ plan_fact('far_term_to') }} as integer), 12, 31) as last_day
),

numbers as (
    select
        plan.first_day,
        number.day_number
    from plan
    cross join {{ series('0', days_between('plan.first_day', 'plan.last_day')) }} as number (day_number)
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
    {{ format_date('date_day', '%Y') }} as year_period,
    {{ format_date('date_day', '%Y') }} || 'Q' || extract(quarter from date_day) as quarter_period,
    {{ format_date('date_day', '%Y-%m') }} as month_period,
    date_day <= make_date(cast({{ plan_fact('near_term_to') }} as integer), 12, 31) as is_near_term
from days
