-- What projects bring to each zone, month by month: money and area to date, by the ground of their sites.
select
    fact.project_id,
    project.project_name,
    fact.period,
    zone.zoning,
    zone.zone_code,
    zone.zone_name,
    fact.measure_code,
    measure.name_zh as measure_name,
    {{ total('fact.value') }} as value,
    fact.measure_unit,
    bool_or(fact.is_allocated) as is_allocated
from {{ ref('fct_measure') }} as fact
inner join {{ ref('dim_project') }} as project on fact.project_id = project.project_id
inner join {{ ref('zone') }} as zone on zone.zone_code in (fact.consolidation_zone, fact.restoration_zone)
inner join {{ ref('measure') }} as measure on fact.measure_code = measure.measure_code
where fact.source = 'progress'
group by
    fact.project_id,
    project.project_name,
    fact.period,
    zone.zoning,
    zone.zone_code,
    zone.zone_name,
    fact.measure_code,
    measure.name_zh,
    fact.measure_unit
