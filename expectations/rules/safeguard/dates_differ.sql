-- A document has one day. The first row with another is named.
select
    arg_max(row_id, issued_on) as row_id,
    'issued_on' as field,
    max(issued_on) as found,
    min(issued_on) as expected,
    document_no as document
from submission
group by document_no
having count(distinct issued_on) > 1
