-- Every cell and feature behind the figures of the target board: what each adds to the numerator or denominator, and from which file.
-- For any other figure: from explain(indicator, area, period).
with figure as (
    select distinct
        latest.indicator_code,
        latest.period,
        latest.area_code
    from {{ ref('int_indicator_latest') }} as latest
    inner join {{ ref('plan_target') }} as target on latest.indicator_code = target.indicator_code
    inner join {{ ref('int_area') }} as area on latest.area_code = area.area_code
    where area.area_level in ('district', 'zone')
),

leaf as (
    {{ lineage('figure', ref('bridge_indicator_period'), ref('bridge_indicator_measure'), ref('fct_measure')) }}
)

select
    leaf.*,
    submission.file_name,
    indicator.name_zh as indicator_name,
    measure.name_zh as measure_name,
    area.area_name
from leaf
left join {{ ref('stg_submission') }} as submission on leaf.submission_id = submission.submission_id
inner join {{ ref('indicator') }} as indicator on leaf.indicator_code = indicator.indicator_code
inner join {{ ref('measure') }} as measure on leaf.measure_code = measure.measure_code
inner join {{ ref('int_area') }} as area on leaf.area_code = area.area_code
