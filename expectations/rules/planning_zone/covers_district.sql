-- The zones of each kind cover the district. Threshold: %. It concerns the whole layer, not one feature.
with boundary as (
    select sum(area_m2) as area_m2
    from accepted_admin_boundary
    where accepted_admin_boundary.period = (select max(latest.period) from accepted_admin_boundary as latest)
)

select
    min(submission.row_id) as row_id,
    'zoning' as field,
    null as feature,
    submission.zoning,
    sum(submission.area_m2) / 10000 as found,
    boundary.area_m2 / 10000 as expected
from submission
cross join boundary
group by submission.zoning, boundary.area_m2
having abs(sum(submission.area_m2) - boundary.area_m2) > boundary.area_m2 * $threshold / 100
