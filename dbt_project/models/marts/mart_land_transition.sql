-- What each class of land became from one year's parcels to the next, by township part and zones: measured on the ground, not from totals.
with class as (
    select
        land_class_code,
        land_class_name,
        first_class_code,
        first_class_name
    from {{ ref('land_class') }}
    union all
    select
        'none',
        '无图斑',
        null,
        null
),

moved as (
    select
        transition.from_period,
        transition.to_period,
        transition.township_code,
        transition.part_code,
        transition.consolidation_zone,
        transition.restoration_zone,
        transition.from_class_code,
        earlier.land_class_name as from_class_name,
        earlier.first_class_name as from_first_class_name,
        transition.to_class_code,
        later.land_class_name as to_class_name,
        later.first_class_name as to_first_class_name,
        case
            when 'none' in (transition.from_class_code, transition.to_class_code) then 'one_year_only'
            when transition.from_class_code = transition.to_class_code then 'unchanged'
            when earlier.first_class_code = '01' and later.first_class_code = '01' then 'within_cropland'
            when later.first_class_code = '01' then 'to_cropland'
            when earlier.first_class_code = '01' then 'from_cropland'
            else 'other'
        end as change,
        transition.area_m2 / 10000 as area_ha,
        transition.from_submission_id,
        transition.to_submission_id
    from {{ ref('stg_land_transition') }} as transition
    left join class as earlier on transition.from_class_code = earlier.land_class_code
    left join class as later on transition.to_class_code = later.land_class_code
)

select
    moved.from_period,
    moved.to_period,
    moved.township_code,
    township.township_name,
    moved.part_code,
    moved.consolidation_zone,
    moved.restoration_zone,
    moved.from_class_code,
    moved.from_class_name,
    moved.from_first_class_name,
    moved.to_class_code,
    moved.to_class_name,
    moved.to_first_class_name,
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
from moved
inner join {{ ref('township') }} as township on moved.township_code = township.township_code
