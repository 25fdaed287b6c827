-- Lines of the funds ledger month by month: project, level, instrument. A month without the line keeps what it had before: the figures are
-- cumulative.
with month as (
    select distinct
        period,
        ends_on
    from {{ ref('stg_project_funds') }}
    union
    select distinct
        period,
        ends_on
    from {{ ref('stg_project_progress') }}
)

select
    funds.project_id,
    month.period,
    month.ends_on,
    funds.level as fund_level,
    funds.instrument,
    funds.allocated_wan,
    funds.arrived_wan,
    funds.paid_wan,
    funds.period <> month.period as is_carried,
    funds.submission_id
from {{ ref('stg_project_funds') }} as funds
inner join month on funds.ends_on <= month.ends_on
qualify row_number() over (
    partition by funds.project_id, funds.level, funds.instrument, month.period
    order by funds.ends_on desc
) = 1
