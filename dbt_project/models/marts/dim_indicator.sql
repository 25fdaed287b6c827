-- The registry: what each indicator is, how it is computed, from which sources.
select
    indicator_code,
    name_zh as indicator_name,
    name_en as indicator_name_en,
    measure_unit,
    direction,
    aggregation,
    numerator_measures,
    denominator_measures,
    numerator_unit,
    denominator_unit,
    sources,
    judged_by,
    counted_from,
    part_of
from {{ ref('indicator') }}
