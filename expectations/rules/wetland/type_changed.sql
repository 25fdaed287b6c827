-- A wetland keeps its type.
select
    submission.row_id,
    'wetland_type' as field,
    submission.wetland_id as wetland,
    submission.wetland_type as found,
    previous.wetland_type as expected
from submission
inner join previous on submission.row_id = previous.row_id
where submission.wetland_type != previous.wetland_type
