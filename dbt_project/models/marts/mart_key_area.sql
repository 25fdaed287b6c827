-- The plan's key areas and the places that it names there: villages with their codes, land and cropland from the parcels, and the
-- projects that name the same place.
with place as (
    select
        key_area_code,
        village_name as place,
        'village' as place_kind,
        township_code,
        village_code_2020,
        village_code_2021
    from {{ ref('plan_key_area_village') }}
    union all
    select
        element_code,
        place,
        place_kind,
        township_code,
        null,
        null
    from {{ ref('plan_place_mention') }}
    where section = 'key_area'
),

project as (
    select
        place,
        {{ joined_distinct('element_code', '、') }} as project_ids
    from {{ ref('plan_place_mention') }}
    where section = 'project'
    group by place
),

village_land as (
    select
        left(parcel.location_code, 12) as village_code,
        parcel.period,
        {{ total('parcel.area_m2') }} / 10000 as land_ha,
        {{ total("case when class.first_class_code = '01' then parcel.area_m2 else 0 end") }} / 10000 as cropland_ha
    from {{ ref('stg_land_parcel') }} as parcel
    inner join {{ ref('land_class') }} as class on parcel.land_class_code = class.land_class_code
    group by left(parcel.location_code, 12), parcel.period
),

latest_land as (
    select
        *,
        cropland_ha - first_value(cropland_ha) over (partition by village_code order by period) as cropland_change_ha,
        first_value(period) over (partition by village_code order by period) as first_period
    from village_land
    qualify row_number() over (partition by village_code order by period desc) = 1
)

select
    area.key_area_code,
    area.key_area_name,
    area.zoning,
    area.measure,
    area.phase,
    area.lead_unit,
    area.is_open_list,
    place.place,
    place.place_kind,
    place.township_code,
    township.township_name,
    place.village_code_2020,
    place.village_code_2021,
    case when place.place_kind = 'village' then place.village_code_2021 is not null end as is_village_today,
    land.period as land_period,
    land.land_ha,
    land.cropland_ha,
    land.cropland_change_ha,
    land.first_period as change_since,
    project.project_ids
from {{ ref('plan_key_area') }} as area
inner join place on area.key_area_code = place.key_area_code
left join {{ ref('township') }} as township on place.township_code = township.township_code
left join latest_land as land on place.village_code_2021 = land.village_code
left join project on place.place = project.place
