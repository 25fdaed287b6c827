-- The plan's lists of projects, townships, zones and types held against each other: two counts a row, each computed from the seeds.
with split as (
    select township_code
    from {{ ref('township_part') }}
    group by township_code
    having count(*) > 1
),

project as (
    select
        project.*,
        coalesce(project.phase_in_part_7, project.phase_in_part_5) as phase_in_plan,
        project.category_code in ('farmland', 'construction_land', 'whole_area') as is_consolidation,
        project.project_name like '%高标准农田%' as is_hsf,
        count(named.township_code) as townships,
        bool_or(split.township_code is not null) as is_in_split_township
    from {{ ref('plan_project') }} as project
    inner join {{ ref('plan_project_township') }} as named on project.project_id = named.project_id
    left join split on named.township_code = split.township_code
    group by all
),

zone_members as (
    select
        member.zone_code,
        zone.zoning,
        {{ joined_in_order('member.part_code', 'member.part_code') }} as members
    from {{ ref('zone_part') }} as member
    inner join {{ ref('zone') }} as zone on member.zone_code = zone.zone_code
    group by member.zone_code, zone.zoning
),

south as (
    select
        part.township_code,
        bool_or(said.township_code is not null) as has_subsidence,
        bool_or(category.category_code = 'mine') as is_named_by_mine_project,
        bool_or(category.category_code in ('mine', 'mountain_soil', 'water')) as is_named_by_restoration
    from {{ ref('zone_part') }} as member
    inner join {{ ref('township_part') }} as part on member.part_code = part.part_code
    left join {{ ref('plan_statement') }} as said on part.township_code = said.township_code and said.kind = 'subsidence'
    left join {{ ref('plan_project_township') }} as named on part.township_code = named.township_code
    left join {{ ref('plan_project') }} as category on named.project_id = category.project_id
    where member.zone_code = 'rz_south'
    group by part.township_code
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
    'far_hsf_target',
    count(case when is_hsf and phase_in_plan = '远期' then 1 end),
    (
        select count(*)
        from {{ ref('plan_target') }} as target
        where target.indicator_code = 'hsf_upgrade_area' and target.target_year = {{ plan_fact('far_term_to') }}
    )
from project
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
        where is_consolidation and not is_hsf and phase_in_plan = '远期'
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
    'types_not_categories',
    (select count(*) from {{ ref('plan_project_category') }}),
    (
        select count(distinct project.category_code)
        from {{ ref('plan_statement') }} as stated
        inner join {{ ref('plan_link') }} as link on stated.statement_code = link.source_code and link.target_kind = 'project'
        inner join project on link.target_code = project.project_id
        where stated.kind = 'consolidation_project_type'
    )
union all
select
    'phase_dropped',
    count(case when phase_in_part_5 = '近期' then 1 end),
    count(case when phase_in_part_5 = '近期' and phase_in_part_7 = '近期' then 1 end)
from project
union all
select
    'phase_missing',
    count(*),
    count(phase_in_plan)
from project
union all
select
    'claimed_counts',
    (select sum(category.claimed_count) from {{ ref('plan_project_category') }} as category),
    count(*)
from project
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
    count(case when other.zone_code is not null then 1 end)
from zone_members
left join zone_members as other on zone_members.members = other.members and other.zoning = 'restoration'
where zone_members.zoning = 'consolidation'
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
    'south_subsidence',
    count(case when has_subsidence then 1 end),
    count(case when has_subsidence and is_named_by_mine_project then 1 end)
from south
union all
select
    'south_restoration',
    count(*),
    count(case when is_named_by_restoration then 1 end)
from south
