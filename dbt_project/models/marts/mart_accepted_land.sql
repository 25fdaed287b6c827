-- What the ground was that projects changed: where reclaimed cropland came from, which kind of inefficient land was renewed, how good the
-- cropland was that became high-standard farmland; by township, accepted (合格 only) from the base year on. What an acceptance does not say
-- stands as not stated. Beside cropland from mining land what the parcels show: 0602 that became cropland.
with summed as (
    select
        dimension,
        stated,
        township_code,
        count(*) as acceptances,
        {{ total('area_ha') }} as accepted_ha
    from {{ ref('int_accepted_land') }}
    group by dimension, stated, township_code
),

from_mines as (
    select
        'reclaimed_from' as dimension,
        '采矿用地' as stated,
        township_code,
        {{ total('area_ha') }} as measured_ha
    from {{ ref('int_land_transition') }}
    where from_class_code = '0602' and change = 'to_cropland'
    group by township_code
)

select
    coalesce(summed.dimension, from_mines.dimension) as dimension,
    {{ code_name('accepted_land_dimension', 'coalesce(summed.dimension, from_mines.dimension)') }} as dimension_zh,
    coalesce(summed.stated, from_mines.stated) as stated,
    coalesce(summed.stated, from_mines.stated) is not null as is_stated,
    coalesce(summed.township_code, from_mines.township_code) as township_code,
    township.township_name,
    cast(coalesce(summed.acceptances, 0) as integer) as acceptances,
    summed.accepted_ha,
    from_mines.measured_ha
from summed
full outer join from_mines
    on
        summed.dimension = from_mines.dimension
        and summed.stated = from_mines.stated
        and summed.township_code = from_mines.township_code
inner join {{ ref('township') }} as township on township.township_code = coalesce(summed.township_code, from_mines.township_code)
