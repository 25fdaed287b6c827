-- A part is never larger than its whole; the part is named.
with compared as (
    select
        row_id,
        'forest_area_ha' as field,
        'land_area_ha' as against_field,
        forest_area_ha as found,
        land_area_ha as expected
    from submission
    union all
    select
        row_id,
        'wetland_area_ha' as field,
        'land_area_ha' as against_field,
        wetland_area_ha as found,
        land_area_ha as expected
    from submission
    union all
    select
        row_id,
        'protected_wetland_area_ha' as field,
        'wetland_area_ha' as against_field,
        protected_wetland_area_ha as found,
        wetland_area_ha as expected
    from submission
)

select
    row_id,
    field,
    against_field,
    found,
    expected
from compared
where found > expected
