-- The task of a rate is a percentage, that of an area is none.
select
    submission.row_id,
    'task_unit' as field,
    submission.task_unit as found,
    ref_indicator.measure_unit as expected,
    ref_indicator.name_zh as indicator
from submission
inner join ref_indicator on submission.indicator_code = ref_indicator.indicator_code
where (ref_indicator.measure_unit = '%') != (submission.task_unit = 'pct')
