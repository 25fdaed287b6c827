-- Where the plan's key areas lie, by year, place and cell of townships and zones, from the layer of key areas. A key area that no layer has
-- yet stands without a year.
with ground as (
    select
        layer.key_area_code,
        layer.place,
        layer.period,
        overlay.township_code,
        overlay.part_code,
        overlay.consolidation_zone,
        overlay.restoration_zone,
        {{ total('overlay.area_m2') }} / 10000 as area_ha,
        max(layer.submission_id) as submission_id
    from {{ ref('stg_key_area') }} as layer
    inner join {{ ref('int_overlay') }} as overlay
        on overlay.dataset = 'key_area' and layer.submission_id = overlay.submission_id and layer.row_id = overlay.row_id
    group by
        layer.key_area_code, layer.place, layer.period, overlay.township_code, overlay.part_code, overlay.consolidation_zone,
        overlay.restoration_zone
)

select
    area.key_area_code,
    area.key_area_name,
    area.zoning,
    ground.place,
    ground.period,
    ground.township_code,
    township.township_name,
    ground.part_code,
    ground.consolidation_zone,
    ground.restoration_zone,
    ground.area_ha,
    ground.period = max(ground.period) over (partition by area.key_area_code) as is_latest,
    coalesce(ground.period = max(ground.period) over (partition by area.key_area_code), false) as is_additive,
    ground.submission_id
from {{ ref('plan_key_area') }} as area
left join ground on area.key_area_code = ground.key_area_code
left join {{ ref('township') }} as township on ground.township_code = township.township_code
