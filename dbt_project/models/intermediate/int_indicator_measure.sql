-- The registry taken apart: which measure of which source enters an indicator, in which role, and the factor to the indicator's unit.
-- An indicator that is the sum of others has their measures.
with named as (
    select
        indicator.indicator_code,
        indicator.sources,
        indicator.counted_from,
        indicator.numerator_unit,
        item.name
    from {{ ref('indicator') }} as indicator
    cross join {{ items('indicator.numerator_measures') }} as item (name)
),

part as (
    select
        named.indicator_code,
        named.sources,
        named.counted_from,
        'numerator' as role,
        named.numerator_unit as role_unit,
        coalesce(summed.name, named.name) as measure_code
    from named
    left join named as summed on named.name = summed.indicator_code
    union all
    select
        indicator_code,
        sources,
        counted_from,
        'denominator',
        denominator_unit,
        item.measure_code
    from {{ ref('indicator') }}
    cross join {{ items('denominator_measures') }} as item (measure_code)
)

select
    part.indicator_code,
    part.role,
    part.measure_code,
    origin.source,
    {{ item_position('part.sources', 'origin.source') }} as source_rank,
    origin.dataset,
    origin.time_basis,
    origin.absence_is_zero,
    part.counted_from,
    part.role_unit,
    (given.factor_numerator * wanted.factor_denominator) / (given.factor_denominator * wanted.factor_numerator) as to_role_unit
from part
inner join {{ ref('measure_source') }} as origin
    on part.measure_code = origin.measure_code and {{ item_position('part.sources', 'origin.source') }} > 0
inner join {{ ref('contract_field') }} as field on origin.dataset = field.dataset and origin.field = field.field
inner join {{ ref('measure_unit') }} as given on field.measure_unit = given.spelling
inner join {{ ref('measure_unit') }} as wanted on part.role_unit = wanted.spelling
