-- New cropland is no more than the accepted area; the larger of its two parts is named. Threshold: ha, for two rounded parts.
with cropland as (
    select
        row_id,
        coalesce(cropland_reserve_ha, 0) as reserve_ha,
        coalesce(cropland_linked_ha, 0) as linked_ha,
        accepted_area_ha
    from submission
)

select
    row_id,
    case when linked_ha > reserve_ha then 'cropland_linked_ha' else 'cropland_reserve_ha' end as field,
    case when linked_ha > reserve_ha then 'cropland_reserve_ha' else 'cropland_linked_ha' end as other_field,
    'accepted_area_ha' as against_field,
    reserve_ha + linked_ha as found,
    accepted_area_ha as expected
from cropland
where round(reserve_ha + linked_ha - accepted_area_ha, 6) > $threshold
