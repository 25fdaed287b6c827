-- A zone is called by the plan's name.
select
    submission.row_id,
    'zone_name' as field,
    submission.zone_code as code,
    submission.zone_name as found,
    ref_zone.zone_name as expected
from submission
inner join ref_zone on submission.zone_code = ref_zone.zone_code
where submission.zone_name != ref_zone.zone_name
