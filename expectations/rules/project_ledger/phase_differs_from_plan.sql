-- Where the plan prints a project's phase, it is that one.
with printed as (
    select
        row_id,
        project_id,
        case phase_as_printed when 'near' then '近期' when 'far' then '远期' end as phase
    from planned_project
)

select
    submission.row_id,
    'phase' as field,
    printed.project_id as project,
    submission.phase as found,
    printed.phase as expected
from submission
inner join printed on submission.row_id = printed.row_id
where submission.phase != printed.phase
