-- Weighed amounts do not repeat to the last digit: these were copied.
select
    submission.row_id,
    'waste_generated_t' as field,
    submission.waste_generated_t as found,
    previous.waste_generated_t as expected
from submission
inner join previous on submission.row_id = previous.row_id
where
    submission.waste_generated_t > 0
    and not (submission.waste_generated_t != previous.waste_generated_t or submission.waste_treated_t != previous.waste_treated_t)
