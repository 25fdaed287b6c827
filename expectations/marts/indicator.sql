-- Every row of the three indicator marts, beside what the registry and its own numerator and denominator make of it.
with every_row as (
    select
        'district' as area_level,
        *
    from build.mart_indicator_district
    union all by name
    select
        'zone' as area_level,
        *
    from build.mart_indicator_zone
    union all by name
    select
        case when is_part then 'part' else 'township' end as area_level,
        *
    from build.mart_indicator_township
)

select
    every_row.area_level,
    every_row.indicator_code,
    every_row.period,
    every_row.period_grain,
    every_row.area_code,
    every_row.area_name,
    every_row.zoning,
    every_row.numerator,
    every_row.denominator,
    every_row.value,
    every_row.unit,
    every_row.source,
    every_row.is_provisional,
    registry.aggregation,
    registry.judged_by,
    case when every_row.unit = '%' then round(every_row.value, 9) end as ratio_pct,
    relative_difference(
        every_row.value,
        case
            when divided.factor is not null and wanted.kind = 'percent'
                then 100 * every_row.numerator * given.factor / nullif(every_row.denominator * divided.factor, 0)
            when divided.factor is not null
                then every_row.numerator * given.factor / nullif(every_row.denominator * divided.factor * wanted.factor, 0)
            else every_row.numerator * given.factor / wanted.factor
        end
    ) as value_difference,
    coalesce(
        every_row.unit = registry.measure_unit
        and list_contains(string_split(registry.sources, ';'), every_row.source)
        and every_row.area_name = area.area_name
        and every_row.zoning is not distinct from area.zoning,
        false
    ) as is_as_registered
from every_row
left join ref_indicator as registry on every_row.indicator_code = registry.indicator_code
left join ref_area as area on every_row.area_level = area.area_level and every_row.area_code = area.area_code
left join ref_measure_unit as given on registry.numerator_unit = given.measure_unit
left join ref_measure_unit as divided on registry.denominator_unit = divided.measure_unit
left join ref_measure_unit as wanted on registry.measure_unit = wanted.measure_unit
