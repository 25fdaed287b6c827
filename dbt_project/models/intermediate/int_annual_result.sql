-- What was reached by the end of each year, by whom a task may be given to: the district, its townships, the units that lead projects.
-- A lead unit's result is what its projects were accepted for: only cumulative indicators have one.
with reached as (
    select
        indicator_code,
        period,
        area_code as area,
        area_level as area_kind,
        area_name,
        value,
        measure_unit,
        data_through,
        is_provisional
    from {{ ref('int_indicator_value') }}
    where period_grain = 'year' and area_level in ('district', 'township')
),

led as (
    select
        part.indicator_code,
        project.lead_unit,
        fact.starts_on,
        fact.value * part.to_role_unit * given.factor_numerator * wanted.factor_denominator
        / (given.factor_denominator * wanted.factor_numerator) as value
    from {{ ref('int_indicator_measure') }} as part
    inner join {{ ref('indicator') }} as indicator on part.indicator_code = indicator.indicator_code
    inner join {{ ref('int_measure') }} as fact
        on
            part.measure_code = fact.measure_code
            and part.source = fact.source
            and part.counted_from <= fact.starts_on
    inner join {{ ref('int_project') }} as project on left(fact.project_id, 2) = project.project_id
    inner join {{ ref('measure_unit') }} as given on indicator.numerator_unit = given.spelling
    inner join {{ ref('measure_unit') }} as wanted on indicator.measure_unit = wanted.spelling
    where part.time_basis = 'event' and project.lead_unit is not null
),

led_to_date as (
    select
        district.indicator_code,
        district.period,
        led.lead_unit as area,
        'lead_unit' as area_kind,
        led.lead_unit as area_name,
        coalesce({{ total('case when district.data_through >= led.starts_on then led.value end') }}, 0) as value,
        district.measure_unit,
        district.data_through,
        district.is_provisional
    from reached as district
    inner join led on district.indicator_code = led.indicator_code
    where district.area_kind = 'district'
    group by
        district.indicator_code, district.period, led.lead_unit, district.measure_unit, district.data_through, district.is_provisional
)

select * from reached
union all
select * from led_to_date
