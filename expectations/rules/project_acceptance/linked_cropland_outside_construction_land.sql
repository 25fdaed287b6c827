-- Cropland for the linked quota comes from projects that consolidate construction land.
select
    submission.row_id,
    'cropland_linked_ha' as field,
    planned.project_id as project,
    submission.cropland_linked_ha as found,
    0 as expected
from submission
inner join planned_project as planned on submission.row_id = planned.row_id
where planned.category_code != 'construction_land' and submission.cropland_linked_ha > 0
