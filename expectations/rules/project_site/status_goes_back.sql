-- A sub-project's status only advances.
select
    submission.row_id,
    'site_status' as field,
    submission.subproject_id as project,
    submission.site_status as found,
    previous.site_status as expected
from submission
inner join previous on submission.row_id = previous.row_id
inner join ref_code as status on submission.site_status = status.code and status.list = 'stage'
inner join ref_code as earlier on previous.site_status = earlier.code and earlier.list = 'stage'
where status.position < earlier.position
