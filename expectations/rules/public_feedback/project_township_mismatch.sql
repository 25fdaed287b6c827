-- Where the plan names all townships of a project, an opinion on it concerns one of these.
select
    submission.row_id,
    'township_code' as field,
    planned.project_id as project,
    ref_township.township_name as found,
    planned.names as expected
from submission
inner join ref_township on submission.township_code = ref_township.township_code
inner join planned_township as planned on split_part(submission.project_id, '-', 1) = planned.project_id
where not planned.is_open_list and not list_contains(planned.codes, submission.township_code)
