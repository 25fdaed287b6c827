-- The tasks of a year are set within it, or at the end of the one before.
select
    row_id,
    'document_no' as field,
    regexp_extract(document_no, '20\d\d') as found,
    period as expected
from submission
where regexp_extract(document_no, '20\d\d') not in ('', period, (try_cast(period as integer) - 1)::varchar)
