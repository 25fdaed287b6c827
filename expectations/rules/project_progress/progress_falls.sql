-- Physical progress never falls.
select
    submission.row_id,
    'physical_progress_pct' as field,
    submission.physical_progress_pct as found,
    previous.physical_progress_pct as expected
from submission
inner join previous on submission.row_id = previous.row_id
where round(previous.physical_progress_pct - submission.physical_progress_pct, 6) > 0
