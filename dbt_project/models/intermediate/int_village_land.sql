-- Land and cropland of the villages that the plan names, by year of parcels: those whose 坐落单位代码 is the village's of 2020 or 2021;
-- beside it how the cropland changed since the first year.
with summed as (
    select
        village.village_name,
        village.township_code,
        parcel.period,
        {{ total('parcel.area_m2') }} / 10000 as land_ha,
        {{ total("case when class.first_class_code = '01' then parcel.area_m2 else 0 end") }} / 10000 as cropland_ha
    from {{ ref('plan_key_area_village') }} as village
    inner join {{ ref('stg_land_parcel') }} as parcel
        on left(parcel.location_code, 12) in (village.village_code_2020, village.village_code_2021)
    inner join {{ ref('land_class') }} as class on parcel.land_class_code = class.land_class_code
    group by village.village_name, village.township_code, parcel.period
)

select
    *,
    cropland_ha - first_value(cropland_ha) over since_first as cropland_change_ha,
    first_value(period) over since_first as change_since,
    row_number() over (partition by village_name, township_code order by period desc) = 1 as is_latest
from summed
window since_first as (partition by village_name, township_code order by period)
