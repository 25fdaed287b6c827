-- Wetlands by year, township, type and name: ground, how much of it is protected, and what was gained and lost since the layer before.
with known as (
    select
        wetland_id,
        period,
        wetland_type,
        wetland_name,
        is_protected,
        submission_id
    from {{ ref('stg_wetland') }}
),

described as (
    select
        change.*,
        coalesce(now.wetland_type, earlier.wetland_type) as wetland_type,
        coalesce(now.wetland_name, earlier.wetland_name) as wetland_name,
        coalesce(now.is_protected, false) as is_protected,
        coalesce(now.submission_id, earlier.submission_id) as submission_id
    from {{ ref('int_layer_change') }} as change
    left join known as now on change.feature_id = now.wetland_id and change.period = now.period
    left join known as earlier on change.feature_id = earlier.wetland_id and change.earlier_period = earlier.period
    where change.dataset = 'wetland'
)

select
    described.period,
    described.township_code,
    township.township_name,
    described.wetland_type,
    described.wetland_name,
    cast(count(case when described.area_ha > 0 then 1 end) as integer) as wetlands,
    {{ total('described.area_ha') }} as area_ha,
    {{ total('case when described.is_protected then described.area_ha else 0 end') }} as protected_ha,
    {{ total(above_zero('described.area_ha - described.earlier_ha')) }} as gained_ha,
    {{ total(above_zero('described.earlier_ha - described.area_ha')) }} as lost_ha,
    max(described.earlier_period) as changed_since,
    described.period = max(described.period) over () as is_latest,
    max(described.submission_id) as submission_id
from described
inner join {{ ref('township') }} as township on described.township_code = township.township_code
group by described.period, described.township_code, township.township_name, described.wetland_type, described.wetland_name
