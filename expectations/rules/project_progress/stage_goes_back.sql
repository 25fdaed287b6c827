-- A project's stage only advances.
select
    submission.row_id,
    'stage' as field,
    submission.stage as found,
    previous.stage as expected
from submission
inner join previous on submission.row_id = previous.row_id
inner join ref_code as stage on submission.stage = stage.code and stage.list = 'stage'
inner join ref_code as earlier on previous.stage = earlier.code and earlier.list = 'stage'
where stage.position < earlier.position
