-- What arrives has been allocated; social capital is not. Threshold: 万元, for rounding.
select
    row_id,
    'arrived_wan' as field,
    arrived_wan as found,
    allocated_wan as expected
from submission
where level != '社会' and round(arrived_wan - allocated_wan, 6) > $threshold
