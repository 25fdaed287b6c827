-- Numerators and denominators by area: sums of the measures that fall in the period, in the indicator's units.
select
    period.indicator_code,
    period.source,
    period.period,
    measure.area_level,
    measure.area_code,
    {{ total("case when part.role = 'numerator' then measure.value * part.to_role_unit end") }} as numerator,
    {{ total("case when part.role = 'denominator' then measure.value * part.to_role_unit end") }} as denominator,
    {{ total("case when part.role = 'numerator' and measure.is_allocated then measure.value * part.to_role_unit end") }}
        as allocated_numerator,
    bool_or(measure.is_allocated and measure.value <> 0) as is_allocated,
    {{ joined_distinct('measure.submission_id') }} as submission_ids
from {{ ref('int_indicator_period') }} as period
inner join {{ ref('int_indicator_measure') }} as part
    on period.indicator_code = part.indicator_code and period.source = part.source
inner join {{ ref('int_measure_area') }} as measure
    on
        part.measure_code = measure.measure_code
        and part.source = measure.source
        and {{ falls_in('part', 'measure', 'period') }}
group by period.indicator_code, period.source, period.period, measure.area_level, measure.area_code
