-- Length of the latest sites of sub-projects that are drawn as lines, by area cell.
select
    submission_id,
    row_id,
    part_code,
    consolidation_zone,
    restoration_zone,
    length_m
from {{ source('raw', 'site_line') }}
