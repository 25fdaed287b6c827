-- A project whose total is below the pass mark is recorded. Threshold: score.
select
    min(row_id) as row_id,
    'score' as field,
    sum(score) as found,
    $threshold as expected
from submission
group by reporting_unit, period
having
    count(distinct dimension) = (
        select count(*)
        from ref_code
        where ref_code.list = 'performance_dimension'
    )
    and sum(score) < $threshold
