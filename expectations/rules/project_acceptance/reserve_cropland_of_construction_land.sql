-- Cropland from projects that consolidate construction land counts for the linked quota.
select
    submission.row_id,
    'cropland_reserve_ha' as field,
    planned.project_id as project,
    submission.cropland_reserve_ha as found,
    0 as expected
from submission
inner join planned_project as planned on submission.row_id = planned.row_id
where planned.category_code = 'construction_land' and submission.cropland_reserve_ha > 0
