-- Every indicator for the whole district.
select
    indicator_code,
    period,
    period_grain,
    area_code,
    area_name,
    numerator,
    denominator,
    value,
    unit,
    source,
    datasets,
    data_through,
    is_allocated,
    is_provisional
from {{ ref('int_indicator_value') }}
where area_level = 'district'
