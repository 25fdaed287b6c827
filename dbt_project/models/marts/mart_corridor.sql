-- The plan's ecological pattern (一带两屏多廊 and the green patches), each element by year and township: its ground, what was gained and lost
-- since the layer before. An element that no layer has yet stands without a year; one that the plan does not name is marked.
with planned as (
    select
        case kind
            when 'pattern_belt' then 'belt' when 'pattern_screen' then 'screen' when 'pattern_corridor' then 'corridor' else 'patch'
        end as pattern_kind,
        text_zh as element_name
    from {{ ref('plan_statement') }}
    where kind in ('pattern_belt', 'pattern_screen', 'pattern_corridor', 'pattern_patch')
),

known as (
    select
        corridor_id,
        period,
        pattern_kind,
        element_name,
        submission_id
    from {{ ref('stg_corridor') }}
),

summed as (
    select
        change.period,
        change.township_code,
        coalesce(now.pattern_kind, earlier.pattern_kind) as pattern_kind,
        coalesce(now.element_name, earlier.element_name) as element_name,
        {{ total('change.area_ha') }} as area_ha,
        {{ total(above_zero('change.area_ha - change.earlier_ha')) }} as gained_ha,
        {{ total(above_zero('change.earlier_ha - change.area_ha')) }} as lost_ha,
        max(change.earlier_period) as changed_since,
        max(coalesce(now.submission_id, earlier.submission_id)) as submission_id
    from {{ ref('int_layer_change') }} as change
    left join known as now on change.feature_id = now.corridor_id and change.period = now.period
    left join known as earlier on change.feature_id = earlier.corridor_id and change.earlier_period = earlier.period
    where change.dataset = 'corridor'
    group by
        change.period, change.township_code, coalesce(now.pattern_kind, earlier.pattern_kind),
        coalesce(now.element_name, earlier.element_name)
)

select
    coalesce(summed.pattern_kind, planned.pattern_kind) as pattern_kind,
    {{ code_name('pattern_kind', 'coalesce(summed.pattern_kind, planned.pattern_kind)') }} as pattern_kind_zh,
    coalesce(summed.element_name, planned.element_name) as element_name,
    planned.element_name is not null as is_in_plan,
    summed.period,
    summed.township_code,
    township.township_name,
    summed.area_ha,
    summed.gained_ha,
    summed.lost_ha,
    summed.changed_since,
    summed.period = max(summed.period) over () as is_latest,
    summed.submission_id
from planned
full outer join summed on planned.element_name = summed.element_name
left join {{ ref('township') }} as township on summed.township_code = township.township_code
