-- The plan's targets held against each other: two figures a row, each computed from the seeds, that should agree or contain one another.
with target as (
    select
        {{ plan_target_value('land_consolidation_area', 2025) }} as scale_2025,
        {{ plan_target_value('land_consolidation_area', 2035) }} as scale_2035,
        {{ plan_target_value('supplemented_cropland_area', 2025) }} as cropland_2025,
        {{ plan_target_value('supplemented_cropland_area', 2035) }} as cropland_2035,
        {{ plan_target_value('cropland_from_reserve_and_consolidation', 2035) }}
        + {{ plan_target_value('linked_reclaimed_cropland', 2035) }} as cropland_parts,
        {{ plan_target_value('inefficient_land_renewal_area', 2035) }} as renewal_2035,
        {{ plan_target_value('hsf_upgrade_area', 2025) }} * 10000 / {{ plan_fact('hsf_mu_per_ha') }} as hsf_ha,
        ({{ plan_target_value('forest_coverage_rate', 2035) }} - {{ plan_target_value('forest_coverage_rate', 2025) }}) / 100
        * {{ plan_fact('county_area') }} * 100 as new_forest_ha
),

by_indicator as (
    select
        indicator.indicator_code,
        indicator.part_of,
        max(case when target.target_year = {{ plan_fact('near_term_to') }} then target.target_value end) as near_value,
        max(case when target.target_year = {{ plan_fact('far_term_to') }} then target.target_value end) as far_value,
        count(case when target.target_year = {{ plan_fact('base_year') }} then 1 end) as base_values
    from {{ ref('indicator') }} as indicator
    left join {{ ref('plan_target') }} as target on indicator.indicator_code = target.indicator_code
    group by indicator.indicator_code, indicator.part_of
)

select
    'cropland_parts' as code,
    cropland_parts as left_value,
    cropland_2035 as right_value
from target
union all
select
    'scale_components',
    cropland_parts + renewal_2035,
    scale_2035
from target
union all
select
    'scale_halves',
    2 * scale_2025,
    scale_2035
from target
union all
select
    'cropland_yield',
    100 * cropland_2025 / scale_2025,
    100 * (cropland_2035 - cropland_2025) / (scale_2035 - scale_2025)
from target
union all
select
    'near_term_share',
    100 * cropland_2025 / cropland_2035,
    100 * scale_2025 / scale_2035
from target
union all
select
    'hsf_within_scale',
    hsf_ha,
    scale_2025
from target
union all
select
    'forest_land_need',
    new_forest_ha,
    scale_2035
from target
union all
select
    'targets_by_year',
    2 * count(*),
    count(near_value) + count(far_value)
from by_indicator
union all
select
    'baseline',
    count(*),
    count(case when base_values > 0 then 1 end)
from by_indicator
union all
select
    'growing_targets',
    count(case when near_value is not null and far_value is not null then 1 end),
    count(case when far_value > near_value then 1 end)
from by_indicator
union all
select
    'renewal_urban_rural',
    (select target.renewal_2035 from target),
    coalesce({{ total('far_value') }}, 0)
from by_indicator
where part_of = 'inefficient_land_renewal_area'
union all
select
    'counted_from',
    {{ plan_fact('title_from_year') }},
    {{ plan_fact('base_year') }}
union all
select
    'county_area_public',
    {{ plan_fact('county_area') }},
    {{ plan_fact('county_area_public') }}
union all
select
    'county_area_polygon',
    {{ plan_fact('county_area') }},
    {{ plan_fact('county_area_polygon') }}
