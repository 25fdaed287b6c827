-- Physical progress does not leap in a month. Threshold: points.
select
    submission.row_id,
    'physical_progress_pct' as field,
    submission.physical_progress_pct as found,
    previous.physical_progress_pct as expected
from submission
inner join previous on submission.row_id = previous.row_id
where round(submission.physical_progress_pct - previous.physical_progress_pct, 6) > $threshold
