-- A cumulative indicator never falls from one period to the next of its grain.
select
    area_level,
    area_code,
    indicator_code,
    period,
    numerator,
    lag(numerator) over following as numerator_before,
    greatest(0, coalesce(numerator_before - numerator, 0)) / nullif(abs(numerator_before), 0) as fall
from gate_indicator
where aggregation = 'flow_cumulative'
window following as (partition by area_level, area_code, indicator_code, period_grain order by period)
