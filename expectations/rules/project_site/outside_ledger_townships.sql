-- A site lies in its project's townships of the ledger: those of the sub-project, else of the project. Threshold: % of the site.
with listed as (
    select
        submission.row_id,
        submission.area_m2,
        coalesce(any_value(own.township_codes), any_value(whole.township_codes)) as township_codes
    from submission
    left join accepted_project_ledger as own on submission.subproject_id = own.project_id
    left join accepted_project_ledger as whole on submission.project_id = whole.project_id
    group by submission.row_id, submission.area_m2
)

select
    listed.row_id,
    'subproject_id' as field,
    submission.subproject_id as project,
    string_agg(ref_township.township_name, '、') as found,
    any_value(
        (
            select string_agg(named.township_name, '、') from ref_township as named
            where list_contains(listed.township_codes, named.township_code)
        )
    ) as expected,
    round(sum(submission_ground.area_m2) / any_value(listed.area_m2) * 100, 1) as share
from listed
inner join submission on listed.row_id = submission.row_id
inner join submission_ground on listed.row_id = submission_ground.row_id
inner join ref_township on submission_ground.township_code = ref_township.township_code
where not list_contains(listed.township_codes, submission_ground.township_code)
group by listed.row_id, submission.subproject_id
having sum(submission_ground.area_m2) > any_value(listed.area_m2) * $threshold / 100
