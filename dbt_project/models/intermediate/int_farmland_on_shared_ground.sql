-- High-standard farmland accepted on ground that other projects' sites share: one row for each acceptance on each piece. It is repeated
-- where another site's was accepted there before; of one day the lower number comes first.
with acceptance as (
    select
        submission_id,
        row_id,
        acceptance_no,
        starts_on,
        project_id,
        township_code,
        hsf_mu
    from {{ ref('stg_project_acceptance') }}
    where is_accepted and hsf_mu > 0
),

placed as (
    select
        acceptance.*,
        site.subproject_id,
        overlap.ground,
        overlap.part_code,
        overlap.consolidation_zone,
        overlap.restoration_zone,
        overlap.area_m2
    from acceptance
    inner join {{ ref('stg_project_site') }} as site on acceptance.project_id in (site.subproject_id, site.project_id)
    inner join {{ ref('int_site_overlap') }} as overlap
        on
            site.submission_id = overlap.submission_id
            and site.row_id = overlap.row_id
            and acceptance.township_code = overlap.township_code
),

repeated as (
    select distinct
        later.submission_id,
        later.row_id,
        later.ground
    from placed as later
    inner join placed as earlier
        on
            later.ground = earlier.ground
            and later.subproject_id <> earlier.subproject_id
            and (earlier.starts_on, earlier.acceptance_no) < (later.starts_on, later.acceptance_no)
),

ground_of_project as (
    select
        project_id,
        township_code,
        {{ total('area_m2') }} as area_m2
    from {{ ref('int_project_location') }}
    where located_by = 'site'
    group by project_id, township_code
)

select
    placed.submission_id,
    placed.row_id,
    placed.acceptance_no,
    placed.starts_on,
    placed.project_id,
    placed.township_code,
    placed.ground,
    placed.part_code,
    placed.consolidation_zone,
    placed.restoration_zone,
    placed.area_m2,
    placed.hsf_mu * placed.area_m2 / ground_of_project.area_m2 as hsf_mu,
    repeated.ground is not null as is_repeated
from placed
inner join ground_of_project
    on placed.project_id = ground_of_project.project_id and placed.township_code = ground_of_project.township_code
left join repeated
    on placed.submission_id = repeated.submission_id and placed.row_id = repeated.row_id and placed.ground = repeated.ground
