-- A project is accepted in one of its townships of the ledger.
select
    submission.row_id,
    'township_code' as field,
    submission.project_id as project,
    ref_township.township_name as found,
    (
        select string_agg(listed.township_name, '、') from ref_township as listed
        where list_contains(ledger.township_codes, listed.township_code)
    ) as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
inner join ref_township on submission.township_code = ref_township.township_code
where not list_contains(ledger.township_codes, submission.township_code)
