-- High-standard farmland is no more than the ground that is worked on, with an allowance. Threshold: times.
select
    row_id,
    'planned_hsf_mu' as field,
    planned_hsf_mu as found,
    planned_area_ha * 15 as expected
from submission
where planned_area_ha > 0 and round(planned_hsf_mu - planned_area_ha * 15 * $threshold, 6) > 0
