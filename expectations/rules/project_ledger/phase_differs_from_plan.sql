-- Where the plan prints a project's phase in its list of projects (part 七), it is that one.
select
    submission.row_id,
    'phase' as field,
    planned_project.project_id as project,
    submission.phase as found,
    planned_project.phase_in_part_7 as expected
from submission
inner join planned_project on submission.row_id = planned_project.row_id
where submission.phase != planned_project.phase_in_part_7
