-- A project's total does not change so much from one year to the next. Threshold: score.
select
    min(submission.row_id) as row_id,
    'score' as field,
    sum(submission.score) as found,
    sum(previous.score) as expected
from submission
inner join previous on submission.row_id = previous.row_id
group by submission.reporting_unit, submission.period
having round(abs(sum(submission.score) - sum(previous.score)), 6) > $threshold
