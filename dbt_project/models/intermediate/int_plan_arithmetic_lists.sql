-- The plan's lists held against each other: two counts a row, each computed from the seeds.
with split as (
    select township_code
    from {{ ref('township_part') }}
    group by township_code
    having count(*) > 1
),

project as (
    select
        project.*,
        project.category_code in ('farmland', 'construction_land', 'whole_area') as is_consolidation,
        project.project_name like '%高标准农田%' as is_hsf,
        count(named.township_code) as townships,
        bool_or(split.township_code is not null) as is_in_split_township,
        {{ joined_in_order('named.township_code', 'named.township_code') }} as township_list
    from {{ ref('plan_project') }} as project
    inner join {{ ref('plan_project_township') }} as named on project.project_id = named.project_id
    left join split on named.township_code = split.township_code
    group by all
),

mention as (
    select
        *,
        place_kind in ('river', 'reservoir') as is_water,
        bool_or(element_code = 'rk_river') over (partition by place) as is_in_key_area
    from {{ ref('plan_place_mention') }}
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
        order_no,
        township_code
    from {{ ref('plan_statement') }}
    where kind = 'subsidence'
),

zone_members as (
    select
        zone_code,
        {{ joined_in_order('part_code', 'part_code') }} as members
    from {{ ref('zone_part') }}
    group by zone_code
)

select
    'hsf_townships' as code,
    (
        select count(distinct part.township_code)
        from {{ ref('plan_statement') }} as task
        inner join {{ ref('zone_part') }} as member on task.subject_code = member.zone_code
        inner join {{ ref('township_part') }} as part on member.part_code = part.part_code
        where task.kind = 'zone_task' and task.text_zh like '%高标准农田%'
    ) as left_value,
    (
        select count(distinct named.township_code)
        from {{ ref('plan_project_township') }} as named
        inner join project on named.project_id = project.project_id and project.is_hsf
    ) as right_value
union all
select
    'cropland_after_2025',
    (
        select count(*)
        from {{ ref('plan_target') }} as later
        inner join {{ ref('plan_target') }} as earlier
            on later.indicator_code = earlier.indicator_code and later.target_year > earlier.target_year
        where later.indicator_code = 'supplemented_cropland_area' and later.target_value > earlier.target_value
    ),
    (
        select count(*)
        from project
        where is_consolidation and not is_hsf and phase_as_printed like 'far%'
    )
union all
select
    'project_types',
    (
        select count(*)
        from {{ ref('plan_statement') }}
        where kind = 'consolidation_project_type'
    ),
    (
        select count(*)
        from project
        where is_consolidation
    )
union all
select
    'phase_dropped',
    count(case when phase_as_printed like 'near%' then 1 end),
    count(case when phase_as_printed = 'near' then 1 end)
from project
union all
select
    'claimed_counts',
    (select sum(category.claimed_count) from {{ ref('plan_project_category') }} as category),
    count(*)
from project
union all
select
    'restoration_scope',
    count(*),
    count(case when is_in_listed_township then 1 end)
from restoration_place
union all
select
    'subsidence_clauses',
    count(distinct order_no),
    count(distinct township_code)
from subsidence
union all
select
    'subsidence_mines',
    count(distinct township_code),
    count(distinct case when township_code in (select subsidence.township_code from subsidence) then township_code end)
from restoration_place
where place_kind = 'mine'
union all
select
    'mountain_positions',
    count(distinct place || ' ' || position),
    count(distinct place)
from mention
where place_kind = 'mountain' and position is not null
union all
select
    'name_variants',
    count(distinct printed_as),
    count(distinct place)
from mention
union all
select
    'rivers_outside_key_area',
    count(distinct place),
    count(distinct case when is_in_key_area then place end)
from mention
where section = 'project' and is_water
union all
select
    'rivers_counted_twice',
    count(*),
    count(distinct place)
from mention
where section = 'project' and is_water
union all
select
    'split_township',
    count(*),
    count(case when project_name like '%苏店%部%' then 1 end)
from project
where is_in_split_township
union all
select
    'two_zonings',
    count(*),
    count(distinct members)
from zone_members
union all
select
    'open_complete_lists',
    count(*),
    count(case when not is_open_list then 1 end)
from project
where townships = (select count(*) from {{ ref('township') }})
union all
select
    'township_units',
    (select count(*) from {{ ref('township') }}),
    (select count(*) from {{ ref('township') }}) + (select count(*) from {{ ref('stat_unit') }})
union all
select
    'villages_gone',
    count(*),
    count(village_code_2021)
from {{ ref('plan_key_area_village') }}
union all
select
    'phase_missing',
    count(*),
    count(phase_as_printed)
from project
