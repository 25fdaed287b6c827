-- Ground that went from class to class between two years of parcels. No class: ground that only the other year's parcels cover.
select
    reporting_unit as township_code,
    from_period,
    to_period,
    from_submission_id,
    to_submission_id,
    part_code,
    consolidation_zone,
    restoration_zone,
    from_class as from_class_code,
    to_class as to_class_code,
    area_m2
from {{ source('raw', 'land_transition') }}
