-- What is renewed is no more than the accepted area. Threshold: ha, for rounding.
select
    row_id,
    'renewed_inefficient_ha' as field,
    renewed_inefficient_ha as found,
    accepted_area_ha as expected
from submission
where round(renewed_inefficient_ha - accepted_area_ha, 6) > $threshold
