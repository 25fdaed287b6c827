-- Every indicator by township; the parts of a split township stand beside it, marked, and add up to it.
select
    indicator_code,
    indicator_name,
    period,
    period_grain,
    area_code,
    area_name,
    area_level = 'part' as is_part,
    numerator,
    denominator,
    value,
    in_period_value,
    measure_unit as unit,
    is_additive,
    source,
    {{ code_name('indicator_source', 'source') }} as source_name,
    datasets,
    data_through,
    data_age_days,
    data_age_as_of_days,
    as_of_date,
    is_allocated,
    allocated_pct,
    is_provisional,
    submission_ids
from {{ ref('int_indicator_value') }}
where area_level in ('township', 'part')
