-- The ten townships of today, with their measured land.
with land as (
    select
        township_code,
        {{ total('area_m2') }} as area_m2
    from {{ ref('stg_base_partition') }}
    group by township_code
),

part as (
    select
        township_code,
        count(*) as parts
    from {{ ref('township_part') }}
    group by township_code
)

select
    township.township_code,
    township.township_name,
    township.township_type,
    part.parts > 1 as is_split,
    land.area_m2 / 10000 as land_area_ha
from {{ ref('township') }} as township
inner join part on township.township_code = part.township_code
left join land on township.township_code = land.township_code
