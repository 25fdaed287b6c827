-- A sub-project lies in townships of its project.
with listed as (
    select
        submission.row_id,
        unnest(submission.township_codes) as township_code,
        whole.township_codes
    from submission
    inner join ledger_project as whole on split_part(submission.project_id, '-', 1) = whole.project_id
)

select
    listed.row_id,
    'township_codes' as field,
    string_agg(ref_township.township_name, '、') as found,
    any_value(
        (
            select string_agg(whole.township_name, '、') from ref_township as whole
            where list_contains(listed.township_codes, whole.township_code)
        )
    ) as expected
from listed
inner join ref_township on listed.township_code = ref_township.township_code
where not list_contains(listed.township_codes, listed.township_code)
group by listed.row_id
