-- Each feature of each layer, cut by township part and zones, with the township: what lies outside the district is left out.
select
    overlay.dataset,
    overlay.submission_id,
    overlay.row_id,
    overlay.part_code,
    part.township_code,
    overlay.consolidation_zone,
    overlay.restoration_zone,
    overlay.area_m2
from {{ ref('stg_overlay') }} as overlay
inner join {{ ref('township_part') }} as part on overlay.part_code = part.part_code
