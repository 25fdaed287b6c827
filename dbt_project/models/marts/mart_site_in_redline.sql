-- What of the projects' sites lies inside the ecological red line: the latest site of each sub-project on the newest red line.
with ground as (
    select
        inside.submission_id,
        inside.row_id,
        part.township_code,
        inside.part_code,
        inside.consolidation_zone,
        inside.restoration_zone,
        redline.redline_id,
        redline.redline_name,
        redline.period as redline_period,
        {{ total('inside.area_m2') }} as area_m2
    from {{ ref('stg_site_in_redline') }} as inside
    inner join {{ ref('stg_ecological_redline') }} as redline
        on inside.redline_submission_id = redline.submission_id and inside.redline_row_id = redline.row_id
    inner join {{ ref('township_part') }} as part on inside.part_code = part.part_code
    group by
        inside.submission_id, inside.row_id, part.township_code, inside.part_code, inside.consolidation_zone, inside.restoration_zone,
        redline.redline_id, redline.redline_name, redline.period
)

select
    site.project_id,
    project.project_name,
    site.subproject_id,
    site.period as site_period,
    ground.redline_id,
    ground.redline_name,
    ground.redline_period,
    ground.township_code,
    township.township_name,
    ground.part_code,
    ground.consolidation_zone,
    consolidation.zone_name as consolidation_zone_name,
    ground.restoration_zone,
    restoration.zone_name as restoration_zone_name,
    ground.area_m2 / 10000 as area_ha,
    100 * ground.area_m2 / site.area_m2 as of_site_pct
from ground
inner join {{ ref('stg_project_site') }} as site on ground.submission_id = site.submission_id and ground.row_id = site.row_id
inner join {{ ref('township') }} as township on ground.township_code = township.township_code
left join {{ ref('plan_project') }} as project on site.project_id = project.project_id
left join {{ ref('zone') }} as consolidation on ground.consolidation_zone = consolidation.zone_code
left join {{ ref('zone') }} as restoration on ground.restoration_zone = restoration.zone_code
