-- The waste of a quarter is not far from that of the quarter before. Threshold: %.
select
    submission.row_id,
    'waste_generated_t' as field,
    submission.waste_generated_t as found,
    previous.waste_generated_t as expected
from submission
inner join previous on submission.row_id = previous.row_id
where abs(submission.waste_generated_t - previous.waste_generated_t) > previous.waste_generated_t * $threshold / 100
