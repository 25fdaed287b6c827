-- What carries the plan out is no older than the plan.
select
    submission.row_id,
    'issued_on' as field,
    submission.issued_on as found,
    ref_plan_fact.value as expected
from submission
inner join ref_plan_fact on ref_plan_fact.fact_code = 'title_from_year'
where year(submission.issued_on) < ref_plan_fact.value::integer
