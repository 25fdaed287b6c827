-- The year in the inspection number is that of the inspection.
select
    row_id,
    'inspection_no' as field,
    regexp_extract(inspection_no, '20\d\d') as found,
    year(inspected_on) as expected
from submission
where regexp_extract(inspection_no, '20\d\d') not in ('', year(inspected_on)::varchar)
