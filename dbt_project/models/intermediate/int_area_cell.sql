-- How a township's land lies over parts and zones. Measured where boundary and zones are there; before that the plan's lists
-- place every township that is not split, and a split one has no place below the township.
with planned as (
    select
        part.township_code,
        part.part_code,
        min(case when zone.zoning = 'consolidation' then zone.zone_code end) as consolidation_zone,
        min(case when zone.zoning = 'restoration' then zone.zone_code end) as restoration_zone,
        count(*) over (partition by part.township_code) as parts
    from {{ ref('township_part') }} as part
    inner join {{ ref('zone_part') }} as member on part.part_code = member.part_code
    inner join {{ ref('zone') }} as zone on member.zone_code = zone.zone_code
    group by part.township_code, part.part_code
),

measured as (
    select
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        area_m2,
        area_m2 / {{ total_within('area_m2', 'township_code') }} as share_of_all
    from {{ ref('stg_base_partition') }}
),

shared as (
    select
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        area_m2,
        area_m2 / {{ total_within('area_m2', 'township_code') }} as share,
        true as is_measured
    from measured
    where share_of_all >= {{ var('sliver_share') }}
    union all
    select distinct
        township_code,
        case when parts = 1 then part_code end,
        case when parts = 1 then consolidation_zone end,
        case when parts = 1 then restoration_zone end,
        cast(null as double),
        1.0,
        false
    from planned
    where township_code not in (select measured.township_code from measured)
)

select
    township_code,
    part_code,
    consolidation_zone,
    restoration_zone,
    area_m2,
    share,
    count(*) over (partition by township_code) > 1 as is_allocated,
    is_measured
from shared
