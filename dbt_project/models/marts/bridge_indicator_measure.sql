-- The registry taken apart: which measure of which source enters an indicator, in which role, and how it counts in time.
select
    part.indicator_code,
    part.role,
    part.measure_code,
    measure.name_zh as measure_name,
    part.source,
    cast(part.source_rank as integer) as source_rank,
    part.dataset,
    part.time_basis,
    part.counted_from,
    part.to_role_unit,
    part.role_unit
from {{ ref('int_indicator_measure') }} as part
inner join {{ ref('measure') }} as measure on part.measure_code = measure.measure_code
