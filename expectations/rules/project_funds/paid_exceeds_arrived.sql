-- What is paid has arrived. Threshold: 万元, for rounding.
select
    row_id,
    'paid_wan' as field,
    paid_wan as found,
    arrived_wan as expected
from submission
where round(paid_wan - arrived_wan, 6) > $threshold
