{{ config(group='land') }}
-- What a class had in the earlier year is what went from it, and what it has in the later year is what came to it, in every part and zone.
with side as (
    select
        'from' as margin,
        from_period as period,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        from_class_code as land_class_code,
        area_ha
    from {{ ref('mart_land_transition') }}
    union all
    select
        'to',
        to_period,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        to_class_code,
        area_ha
    from {{ ref('mart_land_transition') }}
),

summed as (
    select
        margin,
        period,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        land_class_code,
        sum(area_ha) as area_ha
    from side
    where land_class_code is not null
    group by margin, period, township_code, part_code, consolidation_zone, restoration_zone, land_class_code
),

covered as (
    select distinct
        margin,
        period,
        township_code
    from side
),

wanted as (
    select
        covered.margin,
        covered.period,
        covered.township_code,
        land.part_code,
        land.consolidation_zone,
        land.restoration_zone,
        land.land_class_code,
        land.area_ha
    from covered
    inner join {{ ref('int_land_class') }} as land on covered.period = land.period and covered.township_code = land.township_code
)

select
    wanted.margin,
    wanted.period,
    wanted.township_code,
    wanted.land_class_code,
    wanted.area_ha,
    summed.area_ha as summed_ha
from wanted
full outer join summed
    on
        wanted.margin = summed.margin
        and wanted.period = summed.period
        and wanted.township_code = summed.township_code
        and wanted.part_code = summed.part_code
        and wanted.consolidation_zone = summed.consolidation_zone
        and wanted.restoration_zone = summed.restoration_zone
        and wanted.land_class_code = summed.land_class_code
where
    abs(coalesce(wanted.area_ha, 0) - coalesce(summed.area_ha, 0))
    > case coalesce(wanted.margin, summed.margin) when 'from' then 1e-9 when 'to' then 1e-6 end * greatest(1, coalesce(wanted.area_ha, 0))
