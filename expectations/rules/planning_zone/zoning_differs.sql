-- A zone is of the kind that the plan gives it.
select
    submission.row_id,
    'zoning' as field,
    submission.zone_code as code,
    submission.zoning as found,
    ref_zone.zoning as expected
from submission
inner join ref_zone on submission.zone_code = ref_zone.zone_code
where submission.zoning != ref_zone.zoning
