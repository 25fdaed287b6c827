-- Money of a project month by month, all its townships together: what its monthly reports say has arrived, by level, and is invested.
-- A township that did not report a month keeps what it had reported before: the figures are cumulative.
with month as (
    select distinct
        period,
        ends_on
    from {{ ref('stg_project_progress') }}
),

carried as (
    select
        progress.*,
        month.period as month_period,
        month.ends_on as month_ends_on,
        progress.period <> month.period as is_carried
    from {{ ref('stg_project_progress') }} as progress
    inner join month on progress.ends_on <= month.ends_on
    qualify row_number() over (
        partition by progress.project_id, progress.township_code, month.period
        order by progress.ends_on desc
    ) = 1
)

select
    project_id,
    month_period as period,
    month_ends_on as ends_on,
    {{ total('funds_central_wan') }} as central_wan,
    {{ total('funds_province_wan') }} as province_wan,
    {{ total('funds_local_wan') }} as local_wan,
    {{ total('funds_social_wan') }} as social_wan,
    {{ total('funds_arrived_wan') }} as arrived_wan,
    {{ total('cum_investment_wan') }} as invested_wan,
    bool_or(is_carried) as is_carried
from carried
group by project_id, month_period, month_ends_on
