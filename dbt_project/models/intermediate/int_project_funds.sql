-- Money of a project month by month: allocated, arrived, paid (funds ledger), arrived and invested (monthly reports), and what has
-- arrived and is not used.
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
    project_id,
    period,
    ends_on,
    allocated_wan,
    arrived_wan,
    paid_wan,
    arrived_reported_wan,
    invested_wan,
    available_wan,
    used_wan,
    used_by,
    {{ above_zero('available_wan - used_wan') }} as stuck_wan,
    is_carried,
    row_number() over (partition by project_id order by ends_on desc) = 1 as is_latest
from money
