-- Wetland once protected stays protected. Threshold: ha.
select
    submission.row_id,
    'protected_wetland_area_ha' as field,
    submission.protected_wetland_area_ha as found,
    previous.protected_wetland_area_ha as expected
from submission
inner join previous on submission.row_id = previous.row_id
where round(previous.protected_wetland_area_ha - submission.protected_wetland_area_ha, 6) > $threshold
