-- Who mined is known.
select
    row_id,
    'mine_name' as field,
    mine_name as found,
    subsidence_id as expected
from submission
where mine_name is null
