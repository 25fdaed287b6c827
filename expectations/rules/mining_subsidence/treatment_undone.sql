-- What was treated stays treated.
select
    submission.row_id,
    'treatment_status' as field,
    submission.treatment_status as found,
    previous.treatment_status as expected
from submission
inner join previous on submission.row_id = previous.row_id
where previous.treatment_status = '已治理' and submission.treatment_status != '已治理'
