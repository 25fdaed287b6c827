-- The year in the document's number is that of its day.
select
    row_id,
    'document_no' as field,
    regexp_extract(document_no, '20\d\d') as found,
    year(issued_on) as expected
from submission
where regexp_extract(document_no, '20\d\d') not in ('', year(issued_on)::varchar)
