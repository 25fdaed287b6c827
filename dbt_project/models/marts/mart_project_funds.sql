-- Money of a project month by month: planned, allocated, arrived, paid (funds ledger), arrived and invested (monthly reports), and what has
-- arrived and is not used. Invested is work done, paid is money gone out: both are shown.
select
    money.project_id,
    project.project_name,
    project.category,
    project.lead_unit,
    money.period,
    project.planned_investment_wan,
    money.allocated_wan,
    money.arrived_wan,
    money.paid_wan,
    money.arrived_reported_wan,
    money.arrived_wan - money.arrived_reported_wan as arrived_difference_wan,
    money.invested_wan,
    100 * money.available_wan / nullif(project.planned_investment_wan, 0) as arrived_of_plan_pct,
    100 * money.arrived_wan / nullif(money.allocated_wan, 0) as arrival_rate_pct,
    100 * money.used_wan / nullif(money.available_wan, 0) as use_rate_pct,
    money.used_by,
    {{ above_zero('money.allocated_wan - money.arrived_wan') }} as not_arrived_wan,
    money.stuck_wan,
    {{ above_zero('earlier.available_wan - money.used_wan') }} as idle_wan,
    {{ above_zero('money.invested_wan - money.available_wan') }} as invested_ahead_wan,
    money.is_carried,
    money.is_latest,
    cast({{ days_between('money.ends_on', 'today.as_of_date') }} as integer) as data_age_as_of_days,
    today.as_of_date
from {{ ref('int_project_funds') }} as money
cross join {{ ref('int_as_of_date') }} as today
left join {{ ref('int_project_funds') }} as earlier
    on
        money.project_id = earlier.project_id
        and last_day({{ plus_months('money.ends_on', '-' ~ var('idle_months')) }}) = earlier.ends_on
left join {{ ref('dim_project') }} as project on money.project_id = project.project_id
