-- Subsided ground and how much of it is treated, by year, for the district, zones, townships and mines; beside a township the places that
-- the plan names there. A township that the plan names and the layer has nothing of stands with 0.
with feature as (
    select
        layer.period,
        coalesce(layer.mine_name, '未填矿区') as mine_name,
        layer.treatment_status,
        overlay.township_code,
        overlay.consolidation_zone,
        overlay.restoration_zone,
        overlay.area_m2 / 10000 as area_ha,
        layer.submission_id
    from {{ ref('stg_mining_subsidence') }} as layer
    inner join {{ ref('int_overlay') }} as overlay
        on overlay.dataset = 'mining_subsidence' and layer.submission_id = overlay.submission_id and layer.row_id = overlay.row_id
),

received as (
    select
        period,
        max(submission_id) as submission_id
    from {{ ref('stg_mining_subsidence') }}
    group by period
),

place as (
    select
        area_level,
        area_code,
        area_name,
        zoning
    from {{ ref('int_area') }}
    where area_level <> 'part'
    union all
    select
        'mine',
        mine_name,
        max(mine_name),
        null
    from feature
    group by mine_name
),

named as (
    select
        township_code,
        {{ joined_in_order('text_zh', 'order_no, text_zh', '、') }} as plan_directions
    from {{ ref('plan_statement') }}
    where kind = 'subsidence'
    group by township_code
),

summed as (
    select
        received.period,
        place.area_level,
        place.area_code,
        place.area_name,
        place.zoning,
        max(received.submission_id) as submission_id,
        coalesce({{ total('feature.area_ha') }}, 0) as subsided_ha,
        coalesce({{ total("case when feature.treatment_status = '已治理' then feature.area_ha end") }}, 0) as treated_ha,
        coalesce({{ total("case when feature.treatment_status = '治理中' then feature.area_ha end") }}, 0) as under_treatment_ha,
        coalesce({{ total("case when feature.treatment_status = '未治理' then feature.area_ha end") }}, 0) as untreated_ha
    from received
    cross join place
    left join feature
        on
            received.period = feature.period
            and (
                place.area_level = 'district'
                or place.area_code in (feature.township_code, feature.consolidation_zone, feature.restoration_zone)
                or (place.area_level = 'mine' and place.area_code = feature.mine_name)
            )
    group by received.period, place.area_level, place.area_code, place.area_name, place.zoning
)

select
    summed.period,
    summed.area_level,
    summed.area_code,
    summed.area_name,
    summed.zoning,
    summed.subsided_ha,
    summed.treated_ha,
    summed.under_treatment_ha,
    summed.untreated_ha,
    summed.subsided_ha - summed.treated_ha - summed.under_treatment_ha - summed.untreated_ha as status_unknown_ha,
    100 * summed.treated_ha / nullif(summed.subsided_ha, 0) as treated_pct,
    named.plan_directions,
    case when summed.area_level = 'township' then named.township_code is not null end as is_in_plan,
    summed.period = max(summed.period) over () as is_latest,
    summed.area_level = 'township' and summed.period = max(summed.period) over () as is_additive,
    summed.submission_id
from summed
left join named on summed.area_level = 'township' and summed.area_code = named.township_code
