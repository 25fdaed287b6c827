-- No score exceeds its full score.
select
    row_id,
    'score' as field,
    'full_score' as against_field,
    score as found,
    full_score as expected
from submission
where score > full_score
