-- The villages that the plan names: relocated ones, and those with land in reserve. For each what the ledger plans there, what was
-- accepted, and what its land is by the parcels; one of which nothing is known says so.
with record as ( -- one that names several of the plan's villages stands whole in each of them
    select
        *,
        count(*) over (partition by stage, project_id, acceptance_no, submission_id) > 1 as is_shared
    from {{ ref('int_village_project') }}
),

planned as (
    select
        village_name,
        township_code,
        {{ joined_distinct('project_id', '、') }} as project_ids,
        {{ total('area_ha') }} as planned_area_ha,
        bool_or(is_shared) as is_shared
    from record
    where stage = 'ledger'
    group by village_name, township_code
),

accepted as (
    select
        village_name,
        township_code,
        count(*) as acceptances,
        {{ joined_distinct('project_id', '、') }} as accepted_project_ids,
        max(acceptance_date) as last_accepted_on,
        {{ total('area_ha') }} as accepted_area_ha,
        {{ total('cropland_ha') }} as accepted_cropland_ha,
        bool_or(is_shared) as is_shared
    from record
    where stage = 'acceptance' and counts
    group by village_name, township_code
),

judged as (
    select
        village.*,
        case
            when accepted.village_name is not null then 'accepted'
            when planned.village_name is not null then 'planned'
            when land.village_name is not null then 'land_only'
            else 'nothing_known'
        end as status
    from {{ ref('plan_key_area_village') }} as village
    left join planned on village.village_name = planned.village_name and village.township_code = planned.township_code
    left join accepted on village.village_name = accepted.village_name and village.township_code = accepted.township_code
    left join {{ ref('int_village_land') }} as land
        on land.is_latest and village.village_name = land.village_name and village.township_code = land.township_code
)

select
    village.village_name,
    village.township_code,
    township.township_name,
    village.key_area_code,
    area.key_area_name,
    village.village_code_2020,
    village.village_code_2021,
    village.village_code_2021 is not null as is_village_today,
    planned.project_ids,
    planned.planned_area_ha,
    cast(coalesce(accepted.acceptances, 0) as integer) as acceptances,
    accepted.accepted_project_ids,
    accepted.accepted_area_ha,
    accepted.accepted_cropland_ha,
    accepted.last_accepted_on,
    not coalesce(planned.is_shared, false) and not coalesce(accepted.is_shared, false) as is_additive,
    land.period as land_period,
    land.land_ha,
    land.cropland_ha,
    land.cropland_change_ha,
    land.change_since,
    village.status,
    {{ code_name('village_status', 'village.status') }} as status_zh
from judged as village
inner join {{ ref('plan_key_area') }} as area on village.key_area_code = area.key_area_code
inner join {{ ref('township') }} as township on village.township_code = township.township_code
left join planned on village.village_name = planned.village_name and village.township_code = planned.township_code
left join accepted on village.village_name = accepted.village_name and village.township_code = accepted.township_code
left join {{ ref('int_village_land') }} as land
    on land.is_latest and village.village_name = land.village_name and village.township_code = land.township_code
