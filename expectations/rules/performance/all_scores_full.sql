-- No project is without any fault.
select
    min(row_id) as row_id,
    'score' as field,
    sum(score) as found,
    sum(full_score) as expected
from submission
group by reporting_unit, period
having count(*) > 1 and count(*) = count(score) and sum(score) = sum(full_score)
