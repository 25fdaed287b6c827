-- A sub-project is accepted with about the area of its latest site. Threshold: %.
with site as (
    select
        subproject_id,
        arg_max(area_m2, period) / 10000 as area_ha
    from accepted_project_site
    group by subproject_id
)

select
    submission.row_id,
    'accepted_area_ha' as field,
    submission.accepted_area_ha as found,
    site.area_ha as expected
from submission
inner join site on submission.project_id = site.subproject_id
where submission.accepted_area_ha > 0 and abs(submission.accepted_area_ha - site.area_ha) > site.area_ha * $threshold / 100
