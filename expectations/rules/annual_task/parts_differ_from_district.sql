-- What the townships are asked for adds up to the district's task, where all are in one unit and of an amount. Threshold: %.
with parts as (
    select
        indicator_code,
        period,
        sum(task_value) as task_value,
        any_value(task_unit) as task_unit
    from submission
    where area in (select ref_township.township_code from ref_township) and task_unit != 'pct'
    group by indicator_code, period
    having count(distinct task_unit) = 1
)

select
    submission.row_id,
    'task_value' as field,
    parts.task_value as found,
    submission.task_value as expected
from submission
inner join parts
    on
        submission.indicator_code = parts.indicator_code
        and submission.period = parts.period
        and submission.task_unit = parts.task_unit
where
    submission.area in (select left(ref_township.township_code, 6) from ref_township)
    and abs(parts.task_value - submission.task_value) > submission.task_value * $threshold / 100
