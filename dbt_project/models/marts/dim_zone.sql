-- The plan's zones of both zonings, with their measured land.
with atom as (
    select
        consolidation_zone as zone_code,
        area_m2
    from {{ ref('stg_part_frame') }}
    union all
    select
        restoration_zone,
        area_m2
    from {{ ref('stg_part_frame') }}
),

land as (
    select
        zone_code,
        {{ total('area_m2') }} as area_m2
    from atom
    group by zone_code
)

select
    zone.zone_code,
    zone.zone_name,
    zone.zoning,
    zone.is_open_list,
    land.area_m2 / 10000 as land_area_ha
from {{ ref('zone') }} as zone
left join land on zone.zone_code = land.zone_code
