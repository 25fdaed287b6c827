-- From 完工 on, physical progress is complete. Threshold: %.
select
    submission.row_id,
    'physical_progress_pct' as field,
    submission.stage,
    submission.physical_progress_pct as found,
    $threshold as expected
from submission
inner join ref_code as stage on submission.stage = stage.code and stage.list = 'stage'
inner join ref_code as completion on completion.list = 'stage' and completion.code = '完工'
where stage.position >= completion.position and submission.physical_progress_pct < $threshold
