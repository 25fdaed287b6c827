-- A wetland once protected stays protected.
select
    submission.row_id,
    'is_protected' as field,
    submission.wetland_id as wetland,
    submission.is_protected as found,
    previous.is_protected as expected
from submission
inner join previous on submission.row_id = previous.row_id
where previous.is_protected and not submission.is_protected
