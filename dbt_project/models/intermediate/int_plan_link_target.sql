-- What statements of the plan are linked to: of each target its name, and what has been received of it up to which day. is_accepted:
-- results that passed; is_measured: data or documents; is_reported: projects plan or report it.
with measure_data as (
    select
        measure_code,
        max(ends_on) as data_through
    from {{ ref('int_measure') }}
    where source <> 'progress'
    group by measure_code
)

select
    'project' as target_kind,
    left(project_id, 2) as target_code,
    cast(null as string) as name_zh,
    bool_or(source = 'acceptance' and value > 0 and extract(year from ends_on) >= {{ plan_fact('base_year') }}) as is_accepted,
    false as is_measured,
    true as is_reported,
    max(ends_on) as data_through
from {{ ref('int_measure') }}
where project_id is not null
group by left(project_id, 2)
union all
select
    'indicator',
    indicator.indicator_code,
    indicator.name_zh,
    false,
    latest.indicator_code is not null,
    false,
    latest.data_through
from {{ ref('indicator') }} as indicator
cross join {{ ref('district') }} as district
left join {{ ref('int_indicator_latest') }} as latest
    on indicator.indicator_code = latest.indicator_code and district.district_code = latest.area_code
union all
select
    'measure',
    measure.measure_code,
    measure.name_zh,
    false,
    measure_data.measure_code is not null,
    false,
    measure_data.data_through
from {{ ref('measure') }} as measure
left join measure_data on measure.measure_code = measure_data.measure_code
union all
select distinct
    'dataset',
    dataset,
    cast(null as string),
    false,
    true,
    false,
    cast(null as date)
from {{ ref('stg_submission_unit') }}
where state = 'accepted'
union all
select
    'key_area',
    key_area_code,
    cast(null as string),
    bool_or(stage = 'acceptance'),
    false,
    true,
    max(acceptance_date)
from {{ ref('int_key_area_project') }}
group by key_area_code
union all
select
    'ecology_item',
    item.item_code,
    item.name_zh,
    false,
    count(detail.item_code) > 0,
    false,
    max(detail.ends_on)
from {{ ref('ecology_item') }} as item
left join {{ ref('stg_ecology_detail') }} as detail on item.item_code = detail.item_code
group by item.item_code, item.name_zh
union all
select
    'output_kind',
    kind.output_kind,
    kind.name_zh,
    coalesce(bool_or(output.stage = 'accepted' and output.amount > 0), false),
    false,
    coalesce(bool_or(output.stage = 'reported'), false),
    max(case when output.stage <> 'planned' then output.ends_on end)
from {{ ref('output_kind') }} as kind
left join {{ ref('int_restoration_output') }} as output on kind.output_kind = output.output_kind
group by kind.output_kind, kind.name_zh
union all
select
    'event_kind',
    kind.event_kind,
    kind.event_kind as name_zh,
    false,
    count(feedback.event_kind) > 0,
    false,
    max(feedback.received_on)
from {{ ref('participation_event') }} as kind
left join {{ ref('stg_public_feedback') }} as feedback on kind.event_kind = feedback.event_kind
group by kind.event_kind
union all
select
    'fund_instrument',
    instrument,
    instrument as name_zh,
    false,
    true,
    false,
    max(ends_on)
from {{ ref('stg_project_funds') }}
group by instrument
union all
select
    'duty',
    duty_code,
    cast(null as string),
    false,
    true,
    false,
    max(issued_on)
from {{ ref('stg_safeguard') }}
group by duty_code
union all
select
    'pattern',
    stated.statement_code,
    cast(null as string),
    false,
    true,
    false,
    max(layer.ends_on)
from {{ ref('plan_statement') }} as stated
inner join {{ ref('stg_corridor') }} as layer on stated.kind like 'pattern_%' and stated.text_zh = layer.element_name
group by stated.statement_code
