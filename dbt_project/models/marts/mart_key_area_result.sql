-- Of each of the plan's key areas what projects say that they plan and had accepted there (合格 only, from the base year on), by the key
-- area or a village of it that they name, beside its extent in the latest layer. What is declared elsewhere, or nowhere, is none of it; a
-- key area without a record says so.
with record as ( -- one that names several key areas stands whole in each of them
    select
        *,
        count(*) over (partition by stage, project_id, acceptance_no) > 1 as is_shared
    from {{ ref('int_key_area_project') }}
),

planned as (
    select
        key_area_code,
        {{ joined_distinct('project_id', '、') }} as project_ids,
        {{ total('area_ha') }} as planned_area_ha,
        bool_or(is_shared) as is_shared
    from record
    where stage = 'ledger'
    group by key_area_code
),

accepted as (
    select
        key_area_code,
        count(*) as acceptances,
        {{ joined_distinct('project_id', '、') }} as accepted_project_ids,
        {{ total('area_ha') }} as accepted_area_ha,
        {{ total('accepted_cropland_ha') }} as accepted_cropland_ha,
        {{ total('accepted_renewed_ha') }} as accepted_renewed_ha,
        max(acceptance_date) as last_accepted_on,
        bool_or(is_shared) as is_shared
    from record
    where stage = 'acceptance'
    group by key_area_code
),

layer as (
    select
        key_area_code,
        period,
        {{ total('area_m2') }} / 10000 as extent_ha
    from {{ ref('stg_key_area') }}
    group by key_area_code, period
    qualify row_number() over (partition by key_area_code order by period desc) = 1
),

judged as (
    select
        area.*,
        case
            when accepted.key_area_code is not null then 'accepted'
            when planned.key_area_code is not null then 'planned'
            else 'nothing_recorded'
        end as status
    from {{ ref('plan_key_area') }} as area
    left join planned on area.key_area_code = planned.key_area_code
    left join accepted on area.key_area_code = accepted.key_area_code
)

select
    area.key_area_code,
    area.key_area_name,
    area.zoning,
    layer.period as extent_period,
    layer.extent_ha,
    planned.project_ids,
    planned.planned_area_ha,
    cast(coalesce(accepted.acceptances, 0) as integer) as acceptances,
    accepted.accepted_project_ids,
    accepted.accepted_area_ha,
    accepted.accepted_cropland_ha,
    accepted.accepted_renewed_ha,
    accepted.last_accepted_on,
    not coalesce(planned.is_shared, false) and not coalesce(accepted.is_shared, false) as is_additive,
    area.status,
    {{ code_name('key_area_status', 'area.status') }} as status_zh
from judged as area
left join planned on area.key_area_code = planned.key_area_code
left join accepted on area.key_area_code = accepted.key_area_code
left join layer on area.key_area_code = layer.key_area_code
