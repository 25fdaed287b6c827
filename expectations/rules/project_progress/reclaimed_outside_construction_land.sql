-- Land is reclaimed by projects that consolidate construction land.
select
    submission.row_id,
    'cum_reclaimed_ha' as field,
    planned.project_id as project,
    submission.cum_reclaimed_ha as found,
    0 as expected
from submission
inner join planned_project as planned on submission.row_id = planned.row_id
where planned.category_code != 'construction_land' and submission.cum_reclaimed_ha > 0
