-- What the ground was before is said of ground that was reclaimed.
select
    row_id,
    'reclaimed_from' as field,
    reclaimed_from as found,
    cropland_linked_ha as expected
from submission
where reclaimed_from is not null and coalesce(cropland_linked_ha, 0) = 0
