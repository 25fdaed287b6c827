-- Every indicator by zone, for both zonings; the zones of one zoning add up to the district.
select
    indicator_code,
    indicator_name,
    period,
    period_grain,
    area_code,
    area_name,
    zoning,
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
where area_level = 'zone'
