-- Where land is reclaimed for the linked quota, new cropland includes it. Threshold: ha.
select
    row_id,
    'cum_reclaimed_ha' as field,
    cum_reclaimed_ha as found,
    cum_cropland_ha as expected
from submission
where round(cum_reclaimed_ha - cum_cropland_ha, 6) > $threshold
