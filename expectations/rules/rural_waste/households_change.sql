-- The number of households changes slowly. Threshold: %.
select
    submission.row_id,
    'households' as field,
    submission.households as found,
    previous.households as expected,
    round(abs(submission.households - previous.households) * 100.0 / previous.households, 1) as change
from submission
inner join previous on submission.row_id = previous.row_id
where abs(submission.households - previous.households) > previous.households * $threshold / 100
