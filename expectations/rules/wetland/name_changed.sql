-- A wetland keeps its name.
select
    submission.row_id,
    'wetland_name' as field,
    submission.wetland_id as wetland,
    submission.wetland_name as found,
    previous.wetland_name as expected
from submission
inner join previous on submission.row_id = previous.row_id
where submission.wetland_name != previous.wetland_name
