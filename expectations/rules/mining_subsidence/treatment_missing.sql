-- Whether ground that has subsided is treated is known.
select
    row_id,
    'treatment_status' as field,
    treatment_status as found,
    subsidence_id as expected
from submission
where treatment_status is null
