-- In the year of a target, the district's task is no less.
with named as (
    select
        indicator_code,
        case measure_unit when '%' then 'pct' when '万亩' then 'wan_mu' else measure_unit end as measure_unit
    from ref_indicator
)

select
    submission.row_id,
    'task_value' as field,
    submission.task_value as found,
    target.target_value as expected,
    target.target_year as year
from submission
inner join named on submission.indicator_code = named.indicator_code and submission.task_unit = named.measure_unit
inner join ref_plan_target as target
    on submission.indicator_code = target.indicator_code and submission.period = target.target_year
where
    submission.area in (select left(ref_township.township_code, 6) from ref_township)
    and submission.task_value < target.target_value::double
