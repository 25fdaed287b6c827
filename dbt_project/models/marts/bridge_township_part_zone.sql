-- Which part of which township lies in which zone, by the plan's lists, and how much of it was measured there.
with measured as (
    select
        part_code,
        consolidation_zone as zone_code,
        {{ total('area_m2') }} as area_m2
    from {{ ref('stg_base_partition') }}
    group by part_code, consolidation_zone
    union all
    select
        part_code,
        restoration_zone,
        {{ total('area_m2') }}
    from {{ ref('stg_base_partition') }}
    group by part_code, restoration_zone
),

member as (
    select
        part_code,
        zone_code
    from {{ ref('zone_part') }}
    union
    select
        part_code,
        zone_code
    from measured
)

select
    part.township_code,
    member.part_code,
    part.part_name,
    zone.zoning,
    member.zone_code,
    measured.area_m2 / 10000 as land_area_ha,
    measured.area_m2 / {{ total_within('measured.area_m2', 'part.township_code, zone.zoning') }} as share_of_township,
    area.counts_once as is_additive,
    declared.part_code is not null as is_in_plan
from member
inner join {{ ref('township_part') }} as part on member.part_code = part.part_code
inner join {{ ref('zone') }} as zone on member.zone_code = zone.zone_code
inner join {{ ref('int_area') }} as area on area.area_level = 'zone' and member.zone_code = area.area_code
left join measured on member.part_code = measured.part_code and member.zone_code = measured.zone_code
left join {{ ref('zone_part') }} as declared on member.part_code = declared.part_code and member.zone_code = declared.zone_code
