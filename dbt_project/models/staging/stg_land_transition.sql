-- Ground that went from class to class between two years of parcels. A class of 'none' is ground that only the other year's parcels cover.
select
    transition.reporting_unit as township_code,
    transition.from_period,
    transition.to_period,
    transition.from_submission_id,
    transition.to_submission_id,
    transition.part_code,
    transition.consolidation_zone,
    transition.restoration_zone,
    coalesce(transition.from_class, 'none') as from_class_code,
    coalesce(transition.to_class, 'none') as to_class_code,
    transition.area_m2
from {{ source('raw', 'land_transition') }} as transition
inner join {{ ref('township_part') }} as part on transition.part_code = part.part_code
