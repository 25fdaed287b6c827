-- A sub-project that was accepted by the month's end is no longer under construction.
select
    submission.row_id,
    'site_status' as field,
    submission.subproject_id as project,
    submission.site_status as found,
    min(acceptance.acceptance_date) as expected
from submission
inner join accepted_project_acceptance as acceptance
    on submission.subproject_id = acceptance.project_id and submission.period > strftime(acceptance.acceptance_date, '%Y-%m')
inner join ref_code as status on submission.site_status = status.code and status.list = 'stage'
inner join ref_code as completion on completion.list = 'stage' and completion.code = '完工'
where acceptance.conclusion = '合格' and status.position < completion.position
group by submission.row_id, submission.subproject_id, submission.site_status
