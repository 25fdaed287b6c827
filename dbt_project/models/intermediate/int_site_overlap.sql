-- Ground on which the latest sites of several sub-projects lie, with the township: one row for each site on each piece of ground.
select
    overlap.ground,
    overlap.submission_id,
    overlap.row_id,
    overlap.part_code,
    part.township_code,
    overlap.consolidation_zone,
    overlap.restoration_zone,
    overlap.area_m2
from {{ ref('stg_site_overlap') }} as overlap
inner join {{ ref('township_part') }} as part on overlap.part_code = part.part_code
