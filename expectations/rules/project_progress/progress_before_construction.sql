-- Nothing is built before construction begins.
select
    submission.row_id,
    'physical_progress_pct' as field,
    submission.stage,
    submission.physical_progress_pct as found,
    0 as expected
from submission
inner join ref_code as stage on submission.stage = stage.code and stage.list = 'stage'
inner join ref_code as building on building.list = 'stage' and building.code = '在建'
where stage.position < building.position and submission.physical_progress_pct > 0
