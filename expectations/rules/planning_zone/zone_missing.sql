-- Every zone of the plan is in the layer. It concerns the whole layer, not one feature.
select
    (select min(submission.row_id) from submission) as row_id,
    'zone_code' as field,
    null as feature,
    zone_name as found,
    zone_code as expected
from ref_zone
where zone_code not in (
    select submission.zone_code from submission
    where submission.zone_code is not null
)
