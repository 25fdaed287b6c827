-- What has been built has cost something. Threshold: %.
select
    row_id,
    'cum_investment_wan' as field,
    physical_progress_pct as found,
    cum_investment_wan as expected
from submission
where physical_progress_pct >= $threshold and cum_investment_wan = 0
