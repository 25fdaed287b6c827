-- The funds of a project are no more than its planned investment, with an allowance. Threshold: times. The largest row is named.
with arrived as (
    select
        row_id,
        project_id,
        period,
        coalesce(funds_central_wan, 0)
        + coalesce(funds_province_wan, 0)
        + coalesce(funds_local_wan, 0)
        + coalesce(funds_social_wan, 0) as funds
    from submission
)

select
    arg_max(arrived.row_id, arrived.funds) as row_id,
    'funds_central_wan' as field,
    arrived.project_id as project,
    sum(arrived.funds) as found,
    any_value(ledger.planned_investment_wan) as expected
from arrived
inner join accepted_project_ledger as ledger on arrived.project_id = ledger.project_id
group by arrived.project_id, arrived.period
having sum(arrived.funds) > any_value(ledger.planned_investment_wan) * $threshold
