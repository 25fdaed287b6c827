-- The full scores of a project's dimensions add up. Threshold: the sum. The first dimension is named.
select
    min(row_id) as row_id,
    'full_score' as field,
    sum(full_score) as found,
    $threshold as expected
from submission
group by unit, period
having count(*) = count(full_score) and round(abs(sum(full_score) - $threshold), 6) > 0
