-- Money of a project month by month: planned, allocated, arrived, paid (funds ledger), arrived and invested (monthly reports), and what has
-- arrived and is not used. Invested is work done, paid is money gone out: both are shown.
with ledger as (
    select
        project_id,
        period,
        ends_on,
        {{ total('allocated_wan') }} as allocated_wan,
        {{ total('arrived_wan') }} as arrived_wan,
        {{ total('paid_wan') }} as paid_wan,
        bool_or(is_carried) as is_carried
    from {{ ref('int_project_fund_line') }}
    group by project_id, period, ends_on
),

money as (
    select
        coalesce(reported.project_id, ledger.project_id) as project_id,
        coalesce(reported.period, ledger.period) as period,
        coalesce(reported.ends_on, ledger.ends_on) as ends_on,
        ledger.allocated_wan,
        ledger.arrived_wan,
        ledger.paid_wan,
        reported.arrived_wan as arrived_reported_wan,
        reported.invested_wan,
        coalesce(ledger.arrived_wan, reported.arrived_wan) as available_wan,
        case when ledger.project_id is null then reported.invested_wan else ledger.paid_wan end as used_wan,
        case when ledger.project_id is null then 'invested' else 'paid' end as used_by,
        coalesce(ledger.is_carried, false) or coalesce(reported.is_carried, false) as is_carried
    from {{ ref('int_project_money') }} as reported
    full outer join ledger on reported.project_id = ledger.project_id and reported.period = ledger.period
)

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
    {{ above_zero('money.available_wan - money.used_wan') }} as stuck_wan,
    {{ above_zero('earlier.available_wan - money.used_wan') }} as idle_wan,
    {{ above_zero('money.invested_wan - money.available_wan') }} as invested_ahead_wan,
    money.is_carried,
    row_number() over (partition by money.project_id order by money.ends_on desc) = 1 as is_latest
from money
left join money as earlier
    on
        money.project_id = earlier.project_id
        and last_day({{ plus_months('money.ends_on', '-' ~ var('idle_months')) }}) = earlier.ends_on
left join {{ ref('dim_project') }} as project on money.project_id = project.project_id
