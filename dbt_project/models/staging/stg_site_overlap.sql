-- Ground on which the latest sites of several sub-projects lie: one row for each site on each piece of ground.
select
    ground,
    submission_id,
    row_id,
    part_code,
    consolidation_zone,
    restoration_zone,
    area_m2
from {{ source('raw', 'site_overlap') }}
