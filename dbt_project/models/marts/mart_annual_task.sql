-- Tasks set for a year against what was reached. A task says what is to be reached by the year's end, counted as the indicator is. While
-- the year's data are not complete, it is held against the straight line from where the year began.
with task as (
    select
        task.*,
        indicator.name_zh as indicator_name,
        indicator.measure_unit as indicator_unit
    from {{ ref('stg_annual_task') }} as task
    inner join {{ ref('indicator') }} as indicator on task.indicator_code = indicator.indicator_code
),

compared as (
    select
        task.*,
        coalesce(result.area_kind, area.area_level, 'lead_unit') as area_kind,
        coalesce(result.area_name, area.area_name, task.area) as area_name,
        result.value * given.factor_numerator * wanted.factor_denominator / (given.factor_denominator * wanted.factor_numerator)
            as result_value,
        coalesce(before.value, case when indicator.counted_from is not null then 0 end)
        * given.factor_numerator * wanted.factor_denominator / (given.factor_denominator * wanted.factor_numerator) as value_before,
        result.data_through,
        result.is_provisional,
        indicator.aggregation = 'ratio' as is_ratio,
        {{ elapsed_share('task.starts_on', 'task.ends_on', 'result.data_through') }} as elapsed
    from task
    inner join {{ ref('indicator') }} as indicator on task.indicator_code = indicator.indicator_code
    inner join {{ ref('measure_unit') }} as given on task.indicator_unit = given.spelling
    inner join {{ ref('measure_unit') }} as wanted on task.task_unit = wanted.spelling
    left join {{ ref('int_area') }} as area on task.area = area.area_code and area.area_level in ('district', 'township')
    left join {{ ref('int_annual_result') }} as result
        on task.indicator_code = result.indicator_code and task.period = result.period and task.area = result.area
    left join {{ ref('int_annual_result') }} as before
        on
            task.indicator_code = before.indicator_code
            and task.area = before.area
            and cast(task.period as integer) = cast(before.period as integer) + 1
),

judged as (
    select
        *,
        value_before + (task_value - value_before) * elapsed as expected_by_now
    from compared
),

standing as (
    select
        *,
        case
            when result_value is null then 'no_data'
            when result_value >= task_value then 'done'
            when not is_provisional then 'missed'
            when result_value >= expected_by_now then 'on_track'
            else 'behind'
        end as status
    from judged
)

select
    period,
    indicator_code,
    indicator_name,
    area,
    area_kind,
    area_name,
    task_value,
    task_unit,
    result_value,
    value_before,
    result_value - value_before as done_in_year,
    task_value - result_value as gap,
    100 * result_value / nullif(task_value, 0) as completion_pct,
    expected_by_now,
    data_through,
    is_provisional,
    area_kind = 'township' and not is_ratio as is_additive,
    status,
    {{ code_name('annual_task_status', 'status') }} as status_zh,
    document_no,
    submission_id
from standing
