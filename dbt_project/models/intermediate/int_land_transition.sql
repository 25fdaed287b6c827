-- Ground of the district that went from class to class between two years of parcels, and what kind of change that is.
with moved as (
    select
        transition.*,
        earlier.first_class_code as from_first_class_code,
        later.first_class_code as to_first_class_code
    from {{ ref('stg_land_transition') }} as transition
    inner join {{ ref('township_part') }} as part on transition.part_code = part.part_code
    left join {{ ref('land_class') }} as earlier on transition.from_class_code = earlier.land_class_code
    left join {{ ref('land_class') }} as later on transition.to_class_code = later.land_class_code
)

select
    from_period,
    to_period,
    township_code,
    part_code,
    consolidation_zone,
    restoration_zone,
    from_class_code,
    to_class_code,
    case
        when from_class_code is null or to_class_code is null then 'one_year_only'
        when from_class_code = to_class_code then 'unchanged'
        when from_first_class_code = '01' and to_first_class_code = '01' then 'within_cropland'
        when to_first_class_code = '01' then 'to_cropland'
        when from_first_class_code = '01' then 'from_cropland'
        else 'other'
    end as change,
    area_m2 / 10000 as area_ha,
    from_submission_id,
    to_submission_id
from moved
