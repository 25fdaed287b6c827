-- Every statement of the plan, what is linked to it and measures it, where that is shown, and whether it has data.
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

linked as (
    select
        link.statement_code,
        {{ joined_distinct("case when link.target_kind = 'project' then link.target_code end", '、') }} as project_ids,
        {{ joined_distinct("case when link.target_kind = 'indicator' then link.target_code end") }} as indicator_codes,
        {{ joined_distinct("case when link.target_kind = 'measure' then link.target_code end") }} as measure_codes,
        {{ joined_distinct("case when link.target_kind = 'dataset' then link.target_code end") }} as datasets,
        {{ joined_distinct("case when link.target_kind = 'key_area' then link.target_code end") }} as key_area_codes,
        {{ joined_distinct('target.name_zh', '、') }} as measured_by_zh,
        {{ joined_distinct("case when link.target_kind = 'mart' then link.target_code else kind.shown_in end") }} as shown_in,
        bool_and(link.basis = 'printed') as is_link_printed,
        bool_or(target.is_measured) as is_measured,
        bool_or(target.is_accepted) as is_accepted,
        bool_or(target.is_reported) as is_reported,
        max(target.data_through) as data_through
    from link
    inner join {{ ref('plan_link_kind') }} as kind on link.target_kind = kind.target_kind
    left join {{ ref('int_plan_link_target') }} as target on link.target_kind = target.target_kind and link.target_code = target.target_code
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

task as ( -- of a task of a zone or key area: the best of what its figures say there
    select
        task_code,
        min_by(
            standing,
            case standing
                when 'done' then 1 when 'measured' then 2 when 'not_stated' then 3 when 'under_way' then 4 when 'nothing' then 5 else 6
            end
        ) as standing
    from {{ ref('int_zone_task') }}
    where standing <> 'not_linked'
    group by task_code
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
        linked.shown_in,
        linked.is_link_printed,
        linked.data_through,
        village.villages,
        case
            when linked.statement_code is null then 'not_linked'
            when task.standing is not null then task.standing
            when linked.is_accepted then 'done'
            when linked.is_measured then 'measured'
            when linked.is_reported then 'under_way'
            else 'no_data'
        end as standing
    from {{ ref('plan_statement') }} as stated
    left join linked on stated.statement_code = linked.statement_code
    left join task on stated.statement_code = task.task_code
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
    judged.open_words,
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
    judged.shown_in,
    judged.is_link_printed,
    judged.data_through,
    judged.standing,
    {{ code_name('plan_standing', 'judged.standing') }} as standing_zh
from judged
inner join {{ ref('plan_clause') }} as clause on judged.part = clause.part and judged.clause_no = clause.clause_no
inner join {{ ref('plan_statement_kind') }} as kind on judged.kind = kind.kind
left join subject on judged.subject_code = subject.subject_code
left join {{ ref('township') }} as township on judged.township_code = township.township_code
