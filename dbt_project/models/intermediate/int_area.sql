-- Every area that a figure can be given for: the district, the zones of both zonings, the townships, the parts of a split township.
-- A place lies in one zone of each zoning, and in a part beside its township: what counts once are the zones of the first zoning by name,
-- and the townships.
with split as (
    select township_code
    from {{ ref('township_part') }}
    group by township_code
    having count(*) > 1
)

select
    'district' as area_level,
    district_code as area_code,
    district_name as area_name,
    cast(null as string) as zoning,
    cast(null as string) as township_code,
    true as counts_once
from {{ ref('district') }}
union all
select
    'zone',
    zone.zone_code,
    zone.zone_name,
    zone.zoning,
    null,
    zone.zoning = (select min(every_zone.zoning) from {{ ref('zone') }} as every_zone)
from {{ ref('zone') }} as zone
union all
select
    'township',
    township_code as area_code,
    township_name,
    null,
    township_code,
    true
from {{ ref('township') }}
union all
select
    'part',
    part.part_code,
    part.part_name,
    null,
    part.township_code,
    false
from {{ ref('township_part') }} as part
inner join split on part.township_code = split.township_code
