-- Whatever is not yet rectified has a date by which it will be.
select
    row_id,
    'rectify_due' as field,
    rectify_due as found,
    severity as expected
from submission
where rectified_on is null and severity in ('较重', '严重') and rectify_due is null
