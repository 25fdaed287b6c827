-- A whole project, month by month: physical progress, money and area against the ledger's plan. Its townships' physical progress is
-- weighted by their planned investment where the ledger has it for all of them, else each counts alike.
with weighted as (
    select
        *,
        case
            when bool_and(township_planned_investment_wan is not null) over (partition by project_id, period)
                then township_planned_investment_wan
            else 1
        end as weight
    from {{ ref('int_project_progress') }}
),

monthly as (
    select
        project_id,
        project_name,
        category,
        lead_unit,
        period,
        {{ period_ends_on('period') }} as ends_on,
        count(*) as townships,
        count(case when is_finished then 1 end) as townships_finished,
        count(case when delay_months > 0 then 1 end) as townships_delayed,
        {{ total('weight * physical_progress_pct') }} / nullif({{ total('weight') }}, 0) as physical_progress_pct,
        {{ total('cum_investment_wan') }} as cum_investment_wan,
        {{ total('funds_arrived_wan') }} as funds_arrived_wan,
        {{ total('cum_consolidated_area_ha') }} as cum_consolidated_area_ha,
        {{ total('cum_cropland_ha') }} as cum_cropland_ha,
        {{ total('cum_hsf_mu') }} as cum_hsf_mu
    from weighted
    group by all
),

lost as (
    select
        monthly.project_id,
        monthly.period,
        count(*) as delay_months
    from monthly
    inner join {{ ref('int_project_plan_curve') }} as curve
        on
            monthly.project_id = curve.project_id
            and curve.is_whole_project
            and monthly.ends_on > curve.ends_on
            and monthly.physical_progress_pct < curve.planned_progress_pct - {{ var('progress_rounding_points') }}
    where monthly.townships_finished < monthly.townships
    group by monthly.project_id, monthly.period
)

select
    monthly.project_id,
    monthly.project_name,
    monthly.category,
    monthly.lead_unit,
    monthly.period,
    cast(monthly.townships as integer) as townships,
    cast(monthly.townships_finished as integer) as townships_finished,
    cast(monthly.townships_delayed as integer) as townships_delayed,
    monthly.physical_progress_pct,
    curve.planned_progress_pct,
    cast(coalesce(lost.delay_months, 0) as integer) as delay_months,
    monthly.cum_investment_wan,
    curve.planned_investment_to_date_wan,
    curve.planned_investment_wan,
    monthly.funds_arrived_wan,
    {{ output_reported('monthly.cum_consolidated_area_ha', 'output.has_area') }} as cum_consolidated_area_ha,
    {{ null_reason('monthly.cum_consolidated_area_ha', 'output.has_area', 'output.plans_area') }} as area_null_reason,
    curve.planned_area_to_date_ha,
    curve.planned_area_ha,
    {{ output_reported('monthly.cum_cropland_ha', 'output.has_cropland') }} as cum_cropland_ha,
    {{ null_reason('monthly.cum_cropland_ha', 'output.has_cropland', 'output.plans_cropland') }} as cropland_null_reason,
    {{ output_reported('monthly.cum_hsf_mu', 'output.has_hsf') }} as cum_hsf_mu,
    {{ null_reason('monthly.cum_hsf_mu', 'output.has_hsf', 'output.plans_hsf') }} as hsf_null_reason,
    monthly.ends_on,
    row_number() over (partition by monthly.project_id order by monthly.ends_on desc) = 1 as is_latest
from monthly
left join {{ ref('int_project_plan_curve') }} as curve
    on monthly.project_id = curve.project_id and curve.is_whole_project and monthly.ends_on = curve.ends_on
left join lost on monthly.project_id = lost.project_id and monthly.period = lost.period
left join {{ ref('int_project_output_kind') }} as output on monthly.project_id = output.project_id
