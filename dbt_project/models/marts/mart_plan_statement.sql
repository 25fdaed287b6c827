-- Every statement of the plan, and what measures it: projects, indicators, measures and datasets linked to it, and whether they have data.
with subject as (
    select
        zone_code as subject_code,
        zone_name as subject_zh
    from {{ ref('zone') }}
    union all
    select
        key_area_code,
        key_area_name
    from {{ ref('plan_key_area') }}
    union all
    select
        subject_code,
        text_zh
    from {{ ref('plan_statement') }}
    where kind = 'safeguard'
),

link as (
    select
        source_code as statement_code,
        target_kind,
        target_code,
        basis
    from {{ ref('plan_link') }}
),

measure_data as (
    select
        measure_code,
        max(ends_on) as data_through
    from {{ ref('fct_measure') }}
    where source not in ('progress')
    group by measure_code
),

project_data as (
    select
        left(project_id, 2) as project_id,
        bool_or(source = 'acceptance' and value > 0) as is_accepted,
        max(ends_on) as data_through
    from {{ ref('fct_measure') }}
    where project_id is not null
    group by left(project_id, 2)
),

indicator_data as (
    select
        latest.indicator_code,
        latest.data_through
    from {{ ref('int_indicator_latest') }} as latest
    inner join {{ ref('district') }} as district on latest.area_code = district.district_code
),

dataset_data as (
    select distinct dataset
    from {{ ref('stg_submission_unit') }}
    where state = 'accepted'
),

linked as (
    select
        link.statement_code,
        {{ joined_distinct("case when link.target_kind = 'project' then link.target_code end", '、') }} as project_ids,
        {{ joined_distinct("case when link.target_kind = 'indicator' then link.target_code end") }} as indicator_codes,
        {{ joined_distinct("case when link.target_kind = 'measure' then link.target_code end") }} as measure_codes,
        {{ joined_distinct("case when link.target_kind = 'dataset' then link.target_code end") }} as datasets,
        {{ joined_distinct("case when link.target_kind = 'key_area' then link.target_code end") }} as key_area_codes,
        {{ joined_distinct('coalesce(indicator.name_zh, measure.name_zh)', '、') }} as measured_by_zh,
        bool_and(link.basis = 'printed') as is_link_printed,
        bool_or(
            measure_data.measure_code is not null
            or indicator_data.indicator_code is not null
            or dataset_data.dataset is not null
        ) as is_measured,
        bool_or(project_data.is_accepted) as is_accepted,
        bool_or(project_data.project_id is not null) as is_reported,
        max(coalesce(measure_data.data_through, indicator_data.data_through, project_data.data_through)) as data_through
    from link
    left join {{ ref('indicator') }} as indicator on link.target_kind = 'indicator' and link.target_code = indicator.indicator_code
    left join {{ ref('measure') }} as measure on link.target_kind = 'measure' and link.target_code = measure.measure_code
    left join indicator_data on indicator.indicator_code = indicator_data.indicator_code
    left join measure_data on measure.measure_code = measure_data.measure_code
    left join project_data on link.target_kind = 'project' and link.target_code = project_data.project_id
    left join dataset_data on link.target_kind = 'dataset' and link.target_code = dataset_data.dataset
    group by link.statement_code
),

village as (
    select
        link.statement_code,
        {{ joined_distinct('village.village_name', '、') }} as villages
    from link
    inner join {{ ref('plan_key_area_village') }} as village
        on link.target_kind = 'key_area' and link.target_code = village.key_area_code
    group by link.statement_code
),

judged as (
    select
        stated.*,
        linked.project_ids,
        linked.indicator_codes,
        linked.measure_codes,
        linked.datasets,
        linked.key_area_codes,
        linked.measured_by_zh,
        linked.is_link_printed,
        linked.data_through,
        village.villages,
        case
            when linked.statement_code is null then 'not_linked'
            when linked.is_accepted then 'done'
            when linked.is_measured then 'measured'
            when linked.is_reported then 'under_way'
            else 'no_data'
        end as standing
    from {{ ref('plan_statement') }} as stated
    left join linked on stated.statement_code = linked.statement_code
    left join village on stated.statement_code = village.statement_code
)

select
    judged.statement_code,
    judged.part,
    judged.clause_no,
    clause.topic_zh,
    judged.kind,
    kind.kind_zh,
    judged.subject_code,
    subject.subject_zh,
    judged.order_no,
    judged.text_zh,
    judged.is_open_list,
    judged.township_code,
    township.township_name,
    judged.project_ids,
    judged.indicator_codes,
    judged.measure_codes,
    judged.datasets,
    judged.key_area_codes,
    judged.villages,
    judged.measured_by_zh,
    judged.is_link_printed,
    judged.data_through,
    judged.standing,
    standing.standing_zh
from judged
inner join {{ ref('plan_clause') }} as clause on judged.part = clause.part and judged.clause_no = clause.clause_no
inner join {{ ref('plan_statement_kind') }} as kind on judged.kind = kind.kind
inner join {{ ref('plan_standing') }} as standing on judged.standing = standing.standing
left join subject on judged.subject_code = subject.subject_code
left join {{ ref('township') }} as township on judged.township_code = township.township_code
