-- Investment is no more than the funds that have arrived from all four sources, with an allowance. Threshold: times.
with arrived as (
    select
        row_id,
        cum_investment_wan as found,
        coalesce(funds_central_wan, 0) + coalesce(funds_province_wan, 0) + coalesce(funds_local_wan, 0) + coalesce(funds_social_wan, 0)
            as expected
    from submission
    where coalesce(funds_central_wan, funds_province_wan, funds_local_wan, funds_social_wan) is not null
)

select
    row_id,
    'cum_investment_wan' as field,
    found,
    expected
from arrived
where round(found - expected * $threshold, 6) > 0
