-- A project is evaluated in every dimension. Its first row is named.
select
    min(submission.row_id) as row_id,
    'dimension' as field,
    ref_code.code as found,
    count(distinct submission.dimension) as expected
from submission
inner join ref_code on ref_code.list = 'performance_dimension'
group by submission.reporting_unit, submission.period, ref_code.code
having not list_contains(list(submission.dimension), ref_code.code)
