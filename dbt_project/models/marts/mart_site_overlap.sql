-- Ground on which several projects' sites lie: which, how much, and what high-standard farmland is not counted there a second time.
with ground as (
    select
        overlap.ground,
        overlap.township_code,
        overlap.part_code,
        overlap.consolidation_zone,
        overlap.restoration_zone,
        {{ joined_distinct('site.project_id', '、') }} as project_ids,
        {{ joined_distinct('site.subproject_id', '、') }} as subproject_ids,
        max(overlap.area_m2) / 10000 as area_ha
    from {{ ref('int_site_overlap') }} as overlap
    inner join {{ ref('stg_project_site') }} as site on overlap.submission_id = site.submission_id and overlap.row_id = site.row_id
    group by overlap.ground, overlap.township_code, overlap.part_code, overlap.consolidation_zone, overlap.restoration_zone
),

farmland as (
    select
        ground,
        part_code,
        consolidation_zone,
        restoration_zone,
        {{ joined_in_order('acceptance_no', 'starts_on, acceptance_no', '、') }} as acceptance_nos,
        min_by(acceptance_no, cast(starts_on as string) || acceptance_no) as counted_for,
        {{ total('case when is_repeated then hsf_mu else 0 end') }} as repeated_hsf_mu
    from {{ ref('int_farmland_on_shared_ground') }}
    group by ground, part_code, consolidation_zone, restoration_zone
)

select
    ground.ground as ground_no,
    ground.township_code,
    township.township_name,
    ground.part_code,
    ground.consolidation_zone,
    consolidation.zone_name as consolidation_zone_name,
    ground.restoration_zone,
    restoration.zone_name as restoration_zone_name,
    ground.project_ids,
    ground.subproject_ids,
    ground.area_ha,
    farmland.acceptance_nos,
    farmland.counted_for,
    coalesce(farmland.repeated_hsf_mu, 0) as repeated_hsf_mu
from ground
inner join {{ ref('township') }} as township on ground.township_code = township.township_code
left join {{ ref('zone') }} as consolidation on ground.consolidation_zone = consolidation.zone_code
left join {{ ref('zone') }} as restoration on ground.restoration_zone = restoration.zone_code
left join farmland
    on
        ground.ground = farmland.ground
        and ground.part_code = farmland.part_code
        and ground.consolidation_zone = farmland.consolidation_zone
        and ground.restoration_zone = farmland.restoration_zone
