-- The area cells of every spatial fact: township part × zones, with the area measured from the boundary and zone layers in force.
select
    boundary_submission_id,
    zone_submission_id,
    part_code,
    township_code,
    consolidation_zone,
    restoration_zone,
    area_m2
from {{ source('raw', 'base_partition') }}
