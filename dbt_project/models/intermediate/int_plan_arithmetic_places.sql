-- The places that the plan names here and there held against each other: two counts a row, and the names that stand in one list only.
with mention as (
    select
        *,
        place_kind in ('river', 'reservoir') as is_water,
        element_code in ('pattern_belt', 'pattern_corridor') as is_belt_or_corridor
    from {{ ref('plan_place_mention') }}
),

place as (
    select
        place,
        place_kind,
        bool_or(is_water) as is_water,
        bool_or(section = 'project') as is_in_project,
        bool_or(section = 'zone') as is_in_zone,
        bool_or(section <> 'zone') as is_elsewhere,
        bool_or(is_belt_or_corridor) as is_in_belt_or_corridor,
        bool_or(element_code in ('pattern_screen', 'ka_gully')) as is_in_screen_or_gully,
        bool_or(element_code = 'rk_river') as is_in_river_key_area,
        bool_or(element_code = 'rk_mountain') as is_in_mountain_key_area,
        count(case when section = 'project' then 1 end) as projects
    from mention
    group by place, place_kind
),

restoration_place as (
    select
        mention.place,
        mention.place_kind,
        mention.township_code,
        bool_or(named.township_code is not null) as is_in_listed_township
    from mention
    left join {{ ref('plan_project_township') }} as named
        on mention.element_code = named.project_id and mention.township_code = named.township_code
    where mention.section = 'project' and mention.township_code is not null
    group by mention.place, mention.place_kind, mention.township_code
),

subsidence as (
    select
        said.order_no,
        said.township_code,
        said.text_zh,
        bool_or(part.part_code <> part.township_code) as is_split,
        bool_or(part.part_name like '%' || said.text_zh) as is_a_part
    from {{ ref('plan_statement') }} as said
    inner join {{ ref('township_part') }} as part on said.township_code = part.township_code
    where said.kind = 'subsidence'
    group by said.order_no, said.township_code, said.text_zh
),

mine as (
    select
        restoration_place.township_code,
        township.township_name,
        bool_or(subsidence.township_code is not null) as has_subsidence
    from restoration_place
    inner join {{ ref('township') }} as township on restoration_place.township_code = township.township_code
    left join subsidence on restoration_place.township_code = subsidence.township_code
    where restoration_place.place_kind = 'mine'
    group by restoration_place.township_code, township.township_name
),

village as (
    select
        village.key_area_code,
        village.village_name,
        village.village_code_2021,
        bool_or(link.target_code is not null) as has_zone_task,
        bool_or(whole_area.project_id is not null) as is_in_whole_area_project
    from {{ ref('plan_key_area_village') }} as village
    inner join {{ ref('township_part') }} as part on village.township_code = part.township_code
    inner join {{ ref('zone_part') }} as member on part.part_code = member.part_code
    left join {{ ref('plan_statement') }} as task on member.zone_code = task.subject_code and task.kind = 'zone_task'
    left join {{ ref('plan_link') }} as link
        on
            task.statement_code = link.source_code
            and link.target_kind = 'key_area'
            and village.key_area_code = link.target_code
    left join {{ ref('plan_project_township') }} as named on village.township_code = named.township_code
    left join {{ ref('plan_project') }} as whole_area
        on named.project_id = whole_area.project_id and whole_area.category_code = 'whole_area'
    group by village.key_area_code, village.village_name, village.village_code_2021
)

select
    'restoration_scope' as code,
    count(*) as left_value,
    count(case when is_in_listed_township then 1 end) as right_value,
    {{ joined_distinct('case when not is_in_listed_township then place end', '、') }} as differing_zh
from restoration_place
union all
select
    'subsidence_clauses',
    count(distinct order_no),
    count(distinct township_code),
    null
from subsidence
union all
select
    'subsidence_across_split',
    count(*),
    count(case when is_a_part then 1 end),
    {{ joined_distinct('case when not is_a_part then text_zh end', '、') }}
from subsidence
where is_split
union all
select
    'subsidence_mines',
    count(*),
    count(case when has_subsidence then 1 end),
    {{ joined_distinct('case when not has_subsidence then township_name end', '、') }}
from mine
union all
select
    'mountain_positions',
    count(distinct place || ' ' || position),
    count(distinct place),
    null
from mention
where place_kind = 'mountain' and position is not null
union all
select
    'name_variants',
    count(distinct printed_as),
    count(distinct place),
    {{ joined_distinct('case when place <> printed_as then printed_as end', '、') }}
from mention
union all
select
    'rivers_outside_key_area',
    count(*),
    count(case when is_in_river_key_area then 1 end),
    {{ joined_distinct('case when not is_in_river_key_area then place end', '、') }}
from place
where is_water and is_in_project
union all
select
    'rivers_counted_twice',
    cast(sum(projects) as integer),
    count(*),
    {{ joined_distinct('case when projects > 1 then place end', '、') }}
from place
where is_water and is_in_project
union all
select
    'key_area_rivers_without_project',
    count(*),
    count(case when is_in_project then 1 end),
    {{ joined_distinct('case when not is_in_project then place end', '、') }}
from place
where is_in_river_key_area
union all
select
    'pattern_rivers_outside_key_area',
    count(*),
    count(case when is_in_river_key_area then 1 end),
    {{ joined_distinct('case when not is_in_river_key_area then place end', '、') }}
from place
where is_in_belt_or_corridor
union all
select
    'key_area_rivers_outside_pattern',
    count(*),
    count(case when is_in_belt_or_corridor then 1 end),
    {{ joined_distinct('case when not is_in_belt_or_corridor then place end', '、') }}
from place
where is_in_river_key_area and place_kind = 'river'
union all
select
    'zone_rivers_alone',
    count(*),
    count(case when is_elsewhere then 1 end),
    {{ joined_distinct('case when not is_elsewhere then place end', '、') }}
from place
where is_in_zone and place_kind = 'river'
union all
select
    'mountains_outside_key_area',
    count(*),
    count(case when is_in_mountain_key_area then 1 end),
    {{ joined_distinct('case when not is_in_mountain_key_area then place end', '、') }}
from place
where is_in_screen_or_gully and place_kind = 'mountain'
union all
select
    'villages_gone',
    count(*),
    count(village_code_2021),
    {{ joined_distinct('case when village_code_2021 is null then village_name end', '、') }}
from village
union all
select
    'reserve_land_zone',
    count(*),
    count(case when has_zone_task then 1 end),
    {{ joined_distinct('case when not has_zone_task then village_name end', '、') }}
from village
where key_area_code = 'ka_reserve'
union all
select
    'whole_area_villages',
    count(*),
    count(case when not is_in_whole_area_project then 1 end),
    {{ joined_distinct('case when is_in_whole_area_project then village_name end', '、') }}
from village
where key_area_code = 'ka_rural'
