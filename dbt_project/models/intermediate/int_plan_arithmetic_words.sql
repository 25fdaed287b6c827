-- What the plan says in words held against its projects, and its words for a target against how the indicator counts: two counts a row.
with named as ( -- what the plan sets as a task, and the projects whose names say so
    select
        'urban_renewal_project' as code,
        true as is_task,
        text_zh as said
    from {{ ref('plan_statement') }}
    where kind = 'zone_task' and text_zh like '%城镇低效%'
    union all
    select
        'urban_renewal_project',
        true,
        key_area_name
    from {{ ref('plan_key_area') }}
    where key_area_name like '%城镇低效%'
    union all
    select
        'urban_renewal_project',
        false,
        project_name
    from {{ ref('plan_project') }}
    where project_name like '%城镇低效%'
    union all
    select
        'gully_project',
        true,
        key_area_name
    from {{ ref('plan_key_area') }}
    where key_area_name like '%整沟%'
    union all
    select
        'gully_project',
        false,
        project_name
    from {{ ref('plan_project') }}
    where project_name like '%整沟%'
    union all
    select
        'waste_project',
        true,
        indicator.name_zh
    from {{ ref('plan_target') }} as target
    inner join {{ ref('indicator') }} as indicator on target.indicator_code = indicator.indicator_code
    where indicator.name_zh like '%垃圾%'
    union all
    select
        'waste_project',
        false,
        project_name
    from {{ ref('plan_project') }}
    where project_name like '%垃圾%'
    union all
    select
        'geohazard',
        true,
        zone_name
    from {{ ref('zone') }}
    where zone_name like '%地质灾害%'
    union all
    select
        'geohazard',
        true,
        category_name
    from {{ ref('plan_project_category') }}
    where category_name like '%地质灾害%'
    union all
    select
        'geohazard',
        true,
        text_zh
    from {{ ref('plan_statement') }}
    where kind = 'goal_work' and text_zh like '%地质灾害%'
    union all
    select
        'geohazard',
        false,
        text_zh
    from {{ ref('plan_statement') }}
    where kind = 'zone_direction' and text_zh like '%地质灾害%'
    union all
    select
        'geohazard',
        false,
        project_name
    from {{ ref('plan_project') }}
    where project_name like '%地质灾害%'
),

worded as ( -- a target's words, and the names of the measures that its indicator counts
    select
        target.indicator_code,
        target.scope_words,
        bool_or(measure.name_zh like '%纳入建设范围%') as counts_what_enters,
        bool_or(measure.name_zh like '%无害化%') as counts_harmless
    from {{ ref('plan_target') }} as target
    inner join {{ ref('indicator') }} as indicator on target.indicator_code = indicator.indicator_code
    cross join {{ items('indicator.numerator_measures') }} as item (measure_code)
    inner join {{ ref('measure') }} as measure on item.measure_code = measure.measure_code
    group by target.indicator_code, target.scope_words
),

approach as (
    select
        text_zh,
        count(distinct subject_code) as zones
    from {{ ref('plan_statement') }}
    where kind = 'zone_approach'
    group by text_zh
)

select
    code,
    count(case when is_task then 1 end) as left_value,
    count(case when not is_task then 1 end) as right_value,
    {{ joined_distinct('case when is_task then said end', '、') }} as differing_zh
from named
group by code
union all
select
    'works_or_types',
    count(case when kind = 'consolidation_pattern' then 1 end),
    count(distinct case when kind = 'consolidation_project_type' then kind end),
    {{ joined_distinct("case when kind = 'consolidation_pattern' then text_zh end", '、') }}
from {{ ref('plan_statement') }}
where kind = 'consolidation_project_type' or kind = 'consolidation_pattern' and text_zh like '%重点工程'
union all
select
    'approach_words',
    count(*),
    count(case when zones > 1 then 1 end),
    {{ joined_distinct('case when zones = 1 then text_zh end', '、') }}
from approach
union all
select
    'hsf_accepted',
    count(*),
    count(case when counts_what_enters then 1 end),
    {{ joined_distinct('case when not counts_what_enters then scope_words end', '、') }}
from worded
where scope_words like '%纳入建设范围%'
union all
select
    'waste_harmless',
    count(*),
    count(case when not counts_harmless then 1 end),
    {{ joined_distinct('case when counts_harmless then scope_words end', '、') }}
from worded
where scope_words like '%处理%' and scope_words not like '%无害化%'
