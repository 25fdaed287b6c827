-- What each class of land became from one year's parcels to the next, by township part and zones: measured on the ground, not from totals.
select
    moved.from_period,
    moved.to_period,
    moved.township_code,
    township.township_name,
    moved.part_code,
    moved.consolidation_zone,
    moved.restoration_zone,
    moved.from_class_code,
    case when moved.from_class_code is null then '无图斑' else earlier.land_class_name end as from_class_name,
    earlier.first_class_name as from_first_class_name,
    moved.to_class_code,
    case when moved.to_class_code is null then '无图斑' else later.land_class_name end as to_class_name,
    later.first_class_name as to_first_class_name,
    moved.change,
    case moved.change
        when 'unchanged' then '未变化'
        when 'to_cropland' then '非耕地→耕地'
        when 'from_cropland' then '耕地→非耕地'
        when 'within_cropland' then '耕地内部'
        when 'other' then '其他地类之间'
        when 'one_year_only' then '仅一年有图斑'
    end as change_name,
    moved.area_ha,
    moved.from_submission_id,
    moved.to_submission_id
from {{ ref('int_land_transition') }} as moved
inner join {{ ref('township') }} as township on moved.township_code = township.township_code
left join {{ ref('land_class') }} as earlier on moved.from_class_code = earlier.land_class_code
left join {{ ref('land_class') }} as later on moved.to_class_code = later.land_class_code
