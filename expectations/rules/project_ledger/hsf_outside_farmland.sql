-- High-standard farmland is built by projects of farmland consolidation.
select
    submission.row_id,
    'planned_hsf_mu' as field,
    planned.project_id as project,
    submission.planned_hsf_mu as found,
    0 as expected
from submission
inner join planned_project as planned on submission.row_id = planned.row_id
where planned.category_code != 'farmland' and submission.planned_hsf_mu > 0
