-- The plan's key areas and the places that it names there: villages with their codes, land and cropland from the parcels, the projects that
-- name the same place, and what those linked to the area did in the place's township. By zone, what was done stands in mart_zone_task.
with place as (
    select
        key_area_code,
        village_name as place,
        'village' as place_kind,
        village_name as printed_as,
        'printed' as same_place_by,
        township_code,
        village_code_2020,
        village_code_2021
    from {{ ref('plan_key_area_village') }}
    union all
    select
        element_code,
        place,
        place_kind,
        printed_as,
        same_place_by,
        township_code,
        null,
        null
    from {{ ref('plan_place_mention') }}
    where section = 'key_area'
),

project as (
    select
        place,
        {{ joined_distinct('element_code', '、') }} as project_ids
    from {{ ref('plan_place_mention') }}
    where section = 'project'
    group by place
),

-- what is recorded in the village itself; other places are named by no row of ledger or acceptance
village_work as (
    select
        village_name as place,
        township_code,
        bool_or(stage = 'acceptance' and counts) as is_accepted,
        bool_or(stage = 'ledger') as is_planned
    from {{ ref('int_village_project') }}
    group by village_name, township_code
),

-- what names the key area, for one that no project is linked to
recorded as (
    select
        key_area_code,
        bool_or(stage = 'acceptance') as is_accepted
    from {{ ref('int_key_area_project') }}
    group by key_area_code
),

task as (
    select
        subject_code as key_area_code,
        {{ joined_in_order('text_zh', 'order_no', '、') }} as measure
    from {{ ref('plan_statement') }}
    where kind = 'key_area_measure'
    group by subject_code
),

link as (
    select distinct
        coalesce(stated.subject_code, link.source_code) as key_area_code,
        link.target_code as project_id
    from {{ ref('plan_link') }} as link
    left join {{ ref('plan_statement') }} as stated
        on link.source_code = stated.statement_code and stated.kind = 'key_area_measure'
    where link.target_kind = 'project'
),

linked as (
    select
        key_area_code,
        {{ joined_distinct('project_id', '、') }} as linked_project_ids
    from link
    group by key_area_code
),

place_zone as (
    select
        part.township_code,
        zone.zoning,
        {{ joined_in_order('zone.zone_code', 'zone.zone_code', '、') }} as zone_codes
    from {{ ref('township_part') }} as part
    inner join {{ ref('zone_part') }} as member on part.part_code = member.part_code
    inner join {{ ref('zone') }} as zone on member.zone_code = zone.zone_code
    group by part.township_code, zone.zoning
),

work as (
    select
        link.key_area_code,
        result.township_code,
        {{ total("case when result.measure_code = 'accepted_area' then result.value end") }} as accepted_area_ha,
        {{ total("case when result.measure_code in ('cropland_reserve', 'cropland_linked') then result.value end") }}
            as accepted_cropland_ha
    from link
    inner join {{ ref('fct_measure') }} as result on link.project_id = left(result.project_id, 2)
    where
        result.source in ('acceptance', 'progress')
        and extract(year from result.ends_on) >= {{ plan_fact('base_year') }}
    group by link.key_area_code, result.township_code
),

worked as (
    select
        area.key_area_code,
        place.place,
        place.township_code,
        count(work.township_code) > 0 as is_reported,
        {{ total('work.accepted_area_ha') }} as accepted_area_ha,
        {{ total('work.accepted_cropland_ha') }} as accepted_cropland_ha
    from {{ ref('plan_key_area') }} as area
    inner join place on area.key_area_code = place.key_area_code
    left join work on area.key_area_code = work.key_area_code and place.township_code = work.township_code
    group by area.key_area_code, place.place, place.township_code
),

judged as (
    select
        worked.key_area_code,
        worked.place,
        case
            when village_work.is_accepted then 'done'
            when village_work.is_planned then 'under_way'
            when linked.key_area_code is null and recorded.is_accepted then 'done'
            when linked.key_area_code is null and recorded.key_area_code is not null then 'under_way'
            when linked.key_area_code is null then 'no_data'
            when worked.township_code is null then 'not_placed'
            when worked.accepted_area_ha > 0 or worked.accepted_cropland_ha > 0 then 'done'
            when worked.is_reported then 'under_way'
            else 'no_data'
        end as standing
    from worked
    left join linked on worked.key_area_code = linked.key_area_code
    left join recorded on worked.key_area_code = recorded.key_area_code
    left join village_work on worked.place = village_work.place and worked.township_code = village_work.township_code
)

select
    area.key_area_code,
    area.key_area_name,
    area.zoning,
    task.measure,
    area.phase,
    area.open_words,
    area.is_open_list,
    place.place,
    place.place_kind,
    place.printed_as,
    place.same_place_by,
    place.township_code,
    township.township_name,
    place_zone.zone_codes,
    place.village_code_2020,
    place.village_code_2021,
    case when place.place_kind = 'village' then place.village_code_2021 is not null end as is_village_today,
    land.period as land_period,
    land.land_ha,
    land.cropland_ha,
    land.cropland_change_ha,
    land.change_since,
    project.project_ids,
    linked.linked_project_ids,
    worked.accepted_area_ha as township_accepted_area_ha,
    worked.accepted_cropland_ha as township_accepted_cropland_ha,
    count(worked.accepted_area_ha) over (partition by place.township_code) < 2 as is_additive,
    judged.standing,
    {{ code_name('plan_standing', 'judged.standing') }} as standing_zh
from {{ ref('plan_key_area') }} as area
inner join place on area.key_area_code = place.key_area_code
left join {{ ref('township') }} as township on place.township_code = township.township_code
left join {{ ref('int_village_land') }} as land
    on land.is_latest and place.place_kind = 'village' and place.place = land.village_name and place.township_code = land.township_code
left join project on place.place = project.place
left join task on area.key_area_code = task.key_area_code
left join linked on area.key_area_code = linked.key_area_code
left join place_zone on place.township_code = place_zone.township_code and area.zoning = place_zone.zoning
inner join worked on area.key_area_code = worked.key_area_code and place.place = worked.place
inner join judged on area.key_area_code = judged.key_area_code and place.place = judged.place
