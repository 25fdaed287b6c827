-- What no collection reaches is not treated.
select
    row_id,
    'waste_treated_t' as field,
    waste_treated_t as found,
    0 as expected
from submission
where villages_covered = 0 and waste_treated_t > 0
