-- A subsidence belongs to one mine.
select
    submission.row_id,
    'mine_name' as field,
    submission.mine_name as found,
    previous.mine_name as expected
from submission
inner join previous on submission.row_id = previous.row_id
where submission.mine_name != previous.mine_name
