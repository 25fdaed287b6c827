-- The treatment rate does not fall so much in a quarter. Threshold: points.
select
    submission.row_id,
    'treatment_pct' as field,
    submission.treatment_pct as found,
    previous.treatment_pct as expected
from submission
inner join previous on submission.row_id = previous.row_id
where round(previous.treatment_pct - submission.treatment_pct, 6) > $threshold
