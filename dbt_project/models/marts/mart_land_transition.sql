-- What each class of land became from one year's parcels to the next, by township part and zones: measured on the ground, not from totals.
select
    moved.from_period,
    moved.to_period,
    moved.township_code,
    township.township_name,
    moved.part_code,
    moved.consolidation_zone,
    consolidation.zone_name as consolidation_zone_name,
    moved.restoration_zone,
    restoration.zone_name as restoration_zone_name,
    moved.from_class_code,
    case when moved.from_class_code is null then '无图斑' else earlier.land_class_name end as from_class_name,
    earlier.first_class_name as from_first_class_name,
    moved.to_class_code,
    case when moved.to_class_code is null then '无图斑' else later.land_class_name end as to_class_name,
    later.first_class_name as to_first_class_name,
    moved.change,
    {{ code_name('land_change', 'moved.change') }} as change_name,
    moved.area_ha,
    moved.from_submission_id,
    moved.to_submission_id
from {{ ref('int_land_transition') }} as moved
inner join {{ ref('township') }} as township on moved.township_code = township.township_code
left join {{ ref('zone') }} as consolidation on moved.consolidation_zone = consolidation.zone_code
left join {{ ref('zone') }} as restoration on moved.restoration_zone = restoration.zone_code
left join {{ ref('land_class') }} as earlier on moved.from_class_code = earlier.land_class_code
left join {{ ref('land_class') }} as later on moved.to_class_code = later.land_class_code
