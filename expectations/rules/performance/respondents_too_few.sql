-- A satisfaction stands on enough answers. Threshold: persons.
select
    row_id,
    'respondents' as field,
    respondents as found,
    $threshold as expected
from submission
where respondents > 0 and respondents < $threshold
