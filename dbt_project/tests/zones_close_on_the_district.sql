-- The zones of each zoning add up to the district: outputs of restoration projects, less what lies on no known ground, and subsided ground.
with amount as (
    select
        'reported ' || project_id || ' ' || output_kind as figure,
        area_level,
        zoning,
        reported_amount as value
    from {{ ref('mart_restoration_output') }}
    where reported_amount is not null
    union all
    select
        'accepted ' || project_id || ' ' || output_kind,
        area_level,
        zoning,
        accepted_amount
    from {{ ref('mart_restoration_output') }}
    where accepted_amount is not null
    union all
    select
        'subsided ' || period,
        area_level,
        zoning,
        subsided_ha
    from {{ ref('mart_subsidence') }}
    union all
    select
        'treated ' || period,
        area_level,
        zoning,
        treated_ha
    from {{ ref('mart_subsidence') }}
),

unplaced as (
    select
        stage || ' ' || plan_project_id || ' ' || output_kind as figure,
        sum(amount) as value
    from {{ ref('int_restoration_output') }}
    where consolidation_zone is null
    group by stage, plan_project_id, output_kind
),

summed as (
    select
        amount.figure,
        sum(case when amount.area_level = 'district' then amount.value else 0 end) - max(coalesce(unplaced.value, 0)) as of_district,
        sum(case when amount.zoning = 'consolidation' then amount.value else 0 end) as of_consolidation_zones,
        sum(case when amount.zoning = 'restoration' then amount.value else 0 end) as of_restoration_zones
    from amount
    left join unplaced on amount.figure = unplaced.figure
    group by amount.figure
)

select *
from summed
where
    abs(of_consolidation_zones - of_district) > 1e-9 * greatest(1, abs(of_district))
    or abs(of_restoration_zones - of_district) > 1e-9 * greatest(1, abs(of_district))
