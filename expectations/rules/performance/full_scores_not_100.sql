-- The full scores of a project's dimensions add up. Threshold: the sum. The first dimension is named.
-- Where a dimension stands twice or a score could not be read, that is the fault, and not the sum.
select
    min(row_id) as row_id,
    'full_score' as field,
    sum(full_score) as found,
    $threshold as expected
from submission
where
    not exists (
        select 1 from reported
        where reported.reporting_unit = submission.reporting_unit and reported.field in ('project_id', 'dimension', 'full_score')
    )
group by reporting_unit, period
having count(*) = count(full_score) and round(abs(sum(full_score) - $threshold), 6) > 0
