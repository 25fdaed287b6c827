-- New cropland is no more than the ground that is worked on. Threshold: ha, for sums of rounded parts.
select
    row_id,
    'planned_cropland_ha' as field,
    'planned_area_ha' as against_field,
    planned_cropland_ha as found,
    planned_area_ha as expected
from submission
where planned_area_ha > 0 and round(planned_cropland_ha - planned_area_ha, 6) > $threshold
