-- Where a project's area and money lie within the township that reports them, or that the ledger plans it in alone: on the ground of its
-- sites (a sub-project's own, a project's all), each in the latest layer that has it; without a site, over the township by measured area.
-- Sites that are lines (rivers) place by their length what no site with an area places.
with reported as (
    select
        project_id,
        township_code
    from {{ ref('stg_project_acceptance') }}
    union
    select
        project_id,
        township_code
    from {{ ref('stg_project_progress') }}
    union
    select
        project_id,
        {{ joined('township_codes') }} as township_code
    from {{ ref('stg_project_ledger') }}
    where {{ joined('township_codes') }} not like '%、%'
),

site as (
    select
        submission_id,
        row_id,
        project_id,
        subproject_id,
        rank() over (partition by subproject_id order by starts_on desc, accepted_at desc, submission_id desc) as version_rank
    from {{ ref('stg_project_site') }}
),

ground as (
    select
        site.project_id,
        site.subproject_id,
        overlay.township_code,
        overlay.part_code,
        overlay.consolidation_zone,
        overlay.restoration_zone,
        {{ total('overlay.area_m2') }} as amount,
        false as is_line
    from site
    inner join {{ ref('int_overlay') }} as overlay
        on overlay.dataset = 'project_site' and site.submission_id = overlay.submission_id and site.row_id = overlay.row_id
    where site.version_rank = 1
    group by
        site.project_id, site.subproject_id, overlay.township_code, overlay.part_code, overlay.consolidation_zone,
        overlay.restoration_zone
    having {{ total('overlay.area_m2') }} > 0
    union all
    select
        site.project_id,
        site.subproject_id,
        part.township_code,
        line.part_code,
        line.consolidation_zone,
        line.restoration_zone,
        {{ total('line.length_m') }},
        true
    from site
    inner join {{ ref('stg_site_line') }} as line on site.submission_id = line.submission_id and site.row_id = line.row_id
    inner join {{ ref('township_part') }} as part on line.part_code = part.part_code
    where site.version_rank = 1
    group by
        site.project_id, site.subproject_id, part.township_code, line.part_code, line.consolidation_zone, line.restoration_zone
),

without_slivers as (
    select
        *,
        amount / {{ total_within('amount', 'subproject_id') }} as share_of_site
    from ground
),

reported_ground as (
    select
        reported.project_id,
        reported.township_code,
        ground.part_code,
        ground.consolidation_zone,
        ground.restoration_zone,
        ground.amount,
        ground.is_line,
        bool_and(ground.is_line) over (partition by reported.project_id, reported.township_code) as has_lines_alone
    from reported
    inner join without_slivers as ground
        on
            reported.township_code = ground.township_code
            and reported.project_id in (ground.subproject_id, ground.project_id)
            and ground.share_of_site >= {{ var('sliver_share') }}
),

on_site as (
    select
        project_id,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        {{ total('amount') }} as amount,
        bool_or(is_line) as is_line
    from reported_ground
    where not is_line or has_lines_alone
    group by project_id, township_code, part_code, consolidation_zone, restoration_zone
)

select
    project_id,
    township_code,
    part_code,
    consolidation_zone,
    restoration_zone,
    case when not is_line then amount end as area_m2,
    amount / {{ total_within('amount', 'project_id, township_code') }} as share,
    count(*) over (partition by project_id, township_code) > 1 as is_allocated,
    'site' as located_by
from on_site
union all
select
    reported.project_id,
    reported.township_code,
    area_cell.part_code,
    area_cell.consolidation_zone,
    area_cell.restoration_zone,
    null,
    area_cell.share,
    area_cell.is_allocated,
    'township'
from reported
inner join {{ ref('int_area_cell') }} as area_cell on reported.township_code = area_cell.township_code
left join on_site on reported.project_id = on_site.project_id and reported.township_code = on_site.township_code
where on_site.project_id is null
