-- Each feature of each layer, cut by township part and zones. What lies outside the district has no part.
select
    dataset,
    submission_id,
    boundary_submission_id,
    zone_submission_id,
    row_id,
    part_code,
    consolidation_zone,
    restoration_zone,
    area_m2
from {{ source('raw', 'overlay') }}
