-- What the reading chosen gives on the data, and what the other reading would give. No data, no effect.
with standing as (
    select
        latest.indicator_code,
        latest.numerator,
        latest.value
    from {{ ref('int_indicator_latest') }} as latest
    inner join {{ ref('district') }} as district on latest.area_code = district.district_code
),

now as (
    select
        max(case when indicator_code = 'land_consolidation_area' then value end) as scale,
        max(case when indicator_code = 'supplemented_cropland_area' then value end) as cropland,
        max(case when indicator_code = 'hsf_upgrade_area' then value end) as hsf,
        max(case when indicator_code = 'hsf_upgrade_area' then numerator end) / {{ plan_fact('hsf_mu_per_ha') }} as hsf_ha,
        max(case when indicator_code = 'linked_reclaimed_cropland' then value end) as linked_cropland,
        max(case when indicator_code = 'inefficient_land_renewal_area' then value end) as renewal,
        max(case when indicator_code = 'forest_coverage_rate' then value end) as forest_pct,
        max(case when indicator_code = 'forest_coverage_rate' then numerator end) as forest_ha
    from standing
),

plan as (
    select
        max(case when code = 'cropland_parts' then left_value end) as cropland_parts,
        max(case when code = 'scale_components' then left_value end) as scale_components,
        max(case when code = 'scale_halves' then left_value end) as scale_doubled,
        max(case when code = 'cropland_yield' then left_value end) / 100 as near_yield,
        max(case when code = 'near_term_share' then right_value end) / 100 as near_share_of_scale,
        {{ plan_target_value('land_consolidation_area', 2025) }} as scale_2025,
        {{ plan_target_value('land_consolidation_area', 2035) }} as scale_2035,
        {{ plan_target_value('supplemented_cropland_area', 2025) }} as cropland_2025,
        {{ plan_target_value('supplemented_cropland_area', 2035) }} as cropland_2035,
        {{ plan_target_value('hsf_upgrade_area', 2025) }} as hsf_2025,
        {{ plan_target_value('inefficient_land_renewal_area', 2035) }} as renewal_2035,
        {{ plan_target_value('forest_coverage_rate', 2035) }} as forest_2035
    from {{ ref('int_plan_arithmetic_targets') }}
),

acceptance as (
    select
        *,
        left(project_id, 2) as plan_project_id,
        extract(year from acceptance_date) as accepted_in,
        {{ plan_fact('base_year') }} as base_year,
        {{ plan_fact('title_from_year') }} as title_from_year
    from {{ ref('stg_project_acceptance') }}
    where is_accepted
),

accepted as (
    select
        {{ total("case when plan_project_id = 'A1' then hsf_mu end") }} / 10000 as near_hsf,
        {{ total("case when plan_project_id = 'B1' then renewed_inefficient_ha end") }} as rural_renewal,
        {{ total('accepted_area_ha') }} as area_since_title,
        {{ total('case when accepted_in >= base_year then accepted_area_ha end') }} as area_since_base
    from acceptance
    where accepted_in >= title_from_year
),

reserve_zone as (
    select distinct task.subject_code as zone_code
    from {{ ref('plan_link') }} as link
    inner join {{ ref('plan_statement') }} as task on link.source_code = task.statement_code and task.kind = 'zone_task'
    where link.target_kind = 'key_area' and link.target_code = 'ka_reserve'
),

reserve as (
    select
        {{ total('reported.amount') }} as everywhere,
        coalesce({{ total('case when reserve_zone.zone_code is not null then reported.amount end') }}, 0) as where_it_is_a_task
    from {{ ref('int_measure_project') }} as reported
    left join reserve_zone on reported.consolidation_zone = reserve_zone.zone_code
    where
        reported.field = 'cropland_reserve_ha'
        and left(reported.project_id, 2) = 'A4'
        and extract(year from reported.ends_on) >= {{ plan_fact('base_year') }}
),

whole_area as (
    select coalesce({{ total('reported.amount') }}, 0) as linked_inside
    from {{ ref('int_measure_project') }} as reported
    inner join {{ ref('plan_project_township') }} as named on reported.township_code = named.township_code
    inner join {{ ref('plan_project') }} as project on named.project_id = project.project_id and project.category_code = 'whole_area'
    where
        reported.field = 'cropland_linked_ha'
        and left(reported.project_id, 2) <> project.project_id
        and extract(year from reported.ends_on) >= {{ plan_fact('base_year') }}
),

ledger as (
    select {{ total('planned_hsf_mu') }} / 10000 as planned_hsf
    from {{ ref('int_project') }}
    where not is_subproject
),

newest_subsidence as (
    select *
    from {{ ref('stg_mining_subsidence') }}
    qualify rank() over (order by starts_on desc) = 1
),

mine_township as (
    select distinct named.township_code
    from {{ ref('plan_project_township') }} as named
    inner join {{ ref('plan_project') }} as project on named.project_id = project.project_id and project.category_code = 'mine'
),

subsidence as (
    select
        {{ total('piece.area_m2') }} / 10000 as everywhere_ha,
        coalesce({{ total('case when mine_township.township_code is not null then piece.area_m2 end') }}, 0) / 10000 as in_named_ha
    from newest_subsidence as feature
    inner join {{ ref('int_overlay') }} as piece
        on
            piece.dataset = 'mining_subsidence'
            and feature.submission_id = piece.submission_id
            and feature.row_id = piece.row_id
    left join mine_township on piece.township_code = mine_township.township_code
),

land as (
    select {{ total('area_m2') }} / 1e6 as measured_km2
    from {{ ref('stg_base_partition') }}
),

wulong as (
    select part_code as area_code
    from {{ ref('zone_part') }}
    where zone_code = 'cz_wulong'
    union all
    select zone_code
    from {{ ref('zone') }}
    where zone_code = 'cz_wulong'
),

split as (
    select
        max(case when value.area_level = 'zone' then value.value end) as zone_value,
        {{ total("case when value.area_level = 'part' then value.value end") }} as part_value
    from {{ ref('int_indicator_value') }} as value
    inner join {{ ref('int_indicator_latest') }} as latest
        on value.indicator_code = latest.indicator_code and value.period = latest.period
    inner join {{ ref('district') }} as district on latest.area_code = district.district_code
    where
        value.indicator_code = 'land_consolidation_area'
        and value.area_code in (select wulong.area_code from wulong)
)

select
    'cropland_parts' as code,
    100 * now.cropland / plan.cropland_2035 as effect_of_reading,
    100 * now.cropland / plan.cropland_parts as effect_of_other
from now, plan
union all
select
    'scale_components',
    100 * now.scale / plan.scale_2035,
    100 * now.scale / plan.scale_components
from now, plan
union all
select
    'scale_halves',
    100 * now.scale / plan.scale_2035,
    100 * now.scale / plan.scale_doubled
from now, plan
union all
select
    'cropland_yield',
    plan.cropland_2035 - now.cropland,
    (plan.scale_2035 - now.scale) * plan.near_yield
from now, plan
union all
select
    'near_term_share',
    100 * now.cropland / plan.cropland_2025,
    100 * now.cropland / (plan.cropland_2035 * plan.near_share_of_scale)
from now, plan
union all
select
    'hsf_within_scale',
    100 * now.scale / plan.scale_2025,
    100 * (now.scale + now.hsf_ha) / plan.scale_2025
from now, plan
union all
select
    'hsf_townships',
    100 * now.hsf / plan.hsf_2025,
    100 * accepted.near_hsf / plan.hsf_2025
from now, plan, accepted
union all
select
    'cropland_after_2025',
    0,
    plan.cropland_2035 - greatest(now.cropland, plan.cropland_2025)
from now, plan
where now.cropland is not null
union all
select
    'counted_from',
    area_since_base,
    area_since_title
from accepted
union all
select
    'split_township',
    zone_value,
    zone_value - part_value
from split
union all
select
    'county_area_public',
    now.forest_pct,
    now.forest_ha / {{ plan_fact('county_area') }}
from now
union all
select
    'county_area_polygon',
    now.forest_pct,
    now.forest_ha / {{ plan_fact('county_area_polygon') }}
from now
union all
select
    'renewal_urban_rural',
    100 * now.renewal / plan.renewal_2035,
    100 * accepted.rural_renewal / plan.renewal_2035
from now, plan, accepted
union all
select
    'forest_land_need',
    {{ above_zero('plan.forest_2035 - now.forest_pct') }} * land.measured_km2,
    plan.scale_2035 - now.scale
from now, plan, land
union all
select
    'south_subsidence',
    everywhere_ha,
    in_named_ha
from subsidence
where everywhere_ha is not null
union all
select
    'reserve_land_zone',
    everywhere,
    where_it_is_a_task
from reserve
where everywhere is not null
union all
select
    'far_hsf_target',
    100 * now.hsf / plan.hsf_2025,
    100 * accepted.near_hsf / plan.hsf_2025
from now, plan, accepted
union all
select
    'whole_area_villages',
    now.linked_cropland,
    now.linked_cropland - whole_area.linked_inside
from now, whole_area
union all
select
    'hsf_accepted',
    100 * now.hsf / plan.hsf_2025,
    100 * ledger.planned_hsf / plan.hsf_2025
from now, plan, ledger
