-- The number of villages changes only when villages are merged or founded.
select
    submission.row_id,
    'village_count' as field,
    submission.village_count as found,
    previous.village_count as expected
from submission
inner join previous on submission.row_id = previous.row_id
where submission.village_count != previous.village_count
