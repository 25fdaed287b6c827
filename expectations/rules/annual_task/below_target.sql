-- In the year of a target, the district's task is no less.
with named as (
    select
        indicator_code,
        case unit when '%' then 'pct' when '万亩' then 'wan_mu' else unit end as unit
    from ref_indicator
)

select
    submission.row_id,
    'task_value' as field,
    submission.task_value as found,
    target.target_value as expected,
    target.target_year as year
from submission
inner join named on submission.indicator_code = named.indicator_code and submission.task_unit = named.unit
inner join ref_plan_target as target
    on submission.indicator_code = target.indicator_code and submission.period = target.target_year
where
    submission.area in (select left(ref_township.township_code, 6) from ref_township)
    and submission.task_value < target.target_value::double
