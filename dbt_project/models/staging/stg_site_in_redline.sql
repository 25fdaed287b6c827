-- Ground of the latest sites of sub-projects inside the newest ecological red line: one row for each site and feature of the red line.
select
    submission_id,
    row_id,
    redline_submission_id,
    redline_row_id,
    part_code,
    consolidation_zone,
    restoration_zone,
    area_m2
from {{ source('raw', 'site_in_redline') }}
