-- New cropland is no more than the ground consolidated. Threshold: ha, for sums of rounded parts.
select
    row_id,
    'cum_cropland_ha' as field,
    cum_cropland_ha as found,
    cum_consolidated_area_ha as expected
from submission
where round(cum_cropland_ha - cum_consolidated_area_ha, 6) > $threshold
