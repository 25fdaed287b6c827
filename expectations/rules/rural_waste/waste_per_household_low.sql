-- What a household throws away in a quarter is plausible. Threshold: kg.
select
    row_id,
    'waste_generated_t' as field,
    waste_generated_t as found,
    households * $threshold / 1000 as expected,
    households,
    round(waste_generated_t * 1000 / households, 1) as per_household
from submission
where households > 0 and waste_generated_t * 1000 < households * $threshold
