-- The year in the acceptance number is that of the acceptance.
select
    row_id,
    'acceptance_no' as field,
    regexp_extract(acceptance_no, '20\d\d') as found,
    year(acceptance_date) as expected
from submission
where regexp_extract(acceptance_no, '20\d\d') not in ('', year(acceptance_date)::varchar)
