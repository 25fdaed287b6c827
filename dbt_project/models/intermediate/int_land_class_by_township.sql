-- Land by class, township and year: declared in the summary table, measured from parcels, and the difference.
with declared as (
    select
        period,
        township_code,
        land_class_code,
        area_ha
    from {{ ref('stg_land_use') }}
),

measured as (
    select
        period,
        township_code,
        land_class_code,
        {{ total('area_ha') }} as area_ha,
        sum(parcels) as parcels
    from {{ ref('int_land_class') }}
    group by period, township_code, land_class_code
)

select
    coalesce(measured.period, declared.period) as period,
    coalesce(measured.township_code, declared.township_code) as township_code,
    class.land_class_code,
    class.first_class_code = '01' as is_cropland,
    declared.area_ha as declared_ha,
    measured.area_ha as measured_ha,
    cast(measured.parcels as integer) as parcels,
    measured.area_ha - declared.area_ha as difference_ha
from measured
full outer join declared
    on
        measured.period = declared.period
        and measured.township_code = declared.township_code
        and measured.land_class_code = declared.land_class_code
inner join {{ ref('land_class') }} as class on class.land_class_code = coalesce(measured.land_class_code, declared.land_class_code)
