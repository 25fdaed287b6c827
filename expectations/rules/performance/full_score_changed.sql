-- A dimension weighs as much as in the year before.
select
    submission.row_id,
    'full_score' as field,
    submission.full_score as found,
    previous.full_score as expected
from submission
inner join previous on submission.row_id = previous.row_id
where submission.full_score != previous.full_score
