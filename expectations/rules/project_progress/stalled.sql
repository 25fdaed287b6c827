-- A project under construction that has no result yet moves on. Threshold: months without any change. Where months were not reported, a
-- figure stands still from the first report that has it, not from the last that has another.
with compared as (
    select
        submission.row_id,
        submission.period,
        earlier.period as earlier_period,
        earlier.cum_investment_wan != submission.cum_investment_wan
        or earlier.physical_progress_pct != submission.physical_progress_pct as is_other
    from submission
    inner join history as earlier on submission.reporting_unit = earlier.reporting_unit and submission.period > earlier.period
    where submission.stage = '在建' and coalesce(submission.cum_consolidated_area_ha, 0) = 0 and coalesce(submission.cum_hsf_mu, 0) = 0
),

changed as (
    select
        row_id,
        max(earlier_period) filter (where is_other) as changed
    from compared
    group by row_id
),

same as (
    select
        compared.row_id,
        coalesce(changed.changed, min(compared.earlier_period)) as since,
        date_diff(
            'month',
            try_cast(
                coalesce(
                    min(compared.earlier_period) filter (where coalesce(compared.earlier_period > changed.changed, true)), compared.period
                ) || '-01' as date
            ),
            try_cast(compared.period || '-01' as date)
        ) + if(changed.changed is null, 0, 1) as months
    from compared
    inner join changed on compared.row_id = changed.row_id
    group by compared.row_id, compared.period, changed.changed
)

select
    submission.row_id,
    'physical_progress_pct' as field,
    submission.physical_progress_pct as found,
    same.since as expected,
    same.months
from submission
inner join same on submission.row_id = same.row_id
where same.months > $threshold
