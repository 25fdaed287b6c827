-- A project under construction that has no result yet moves on. Threshold: months without any change.
with same as (
    select
        submission.row_id,
        max(earlier.period) filter (
            where
            earlier.cum_investment_wan != submission.cum_investment_wan
            or earlier.physical_progress_pct != submission.physical_progress_pct
        ) as changed,
        min(earlier.period) as first_period
    from submission
    inner join history as earlier on submission.reporting_unit = earlier.reporting_unit and submission.period > earlier.period
    where submission.stage = '在建' and coalesce(submission.cum_consolidated_area_ha, 0) = 0 and coalesce(submission.cum_hsf_mu, 0) = 0
    group by submission.row_id
)

select
    submission.row_id,
    'physical_progress_pct' as field,
    submission.physical_progress_pct as found,
    coalesce(same.changed, same.first_period) as expected,
    date_diff('month', try_cast(coalesce(same.changed, same.first_period) || '-01' as date), try_cast(submission.period || '-01' as date))
        as months
from submission
inner join same on submission.row_id = same.row_id
where
    date_diff('month', try_cast(coalesce(same.changed, same.first_period) || '-01' as date), try_cast(submission.period || '-01' as date))
    > $threshold
