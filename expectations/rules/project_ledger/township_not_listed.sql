-- Where the plan's list of a project's townships is open (等), another township is worth a look.
with listed as (
    select
        row_id,
        split_part(project_id, '-', 1) as project,
        unnest(township_codes) as township_code
    from submission
)

select
    listed.row_id,
    'township_codes' as field,
    listed.project,
    string_agg(ref_township.township_name, '、') as found,
    string_agg(ref_township.township_name, '、') as township,
    any_value(planned.names) as expected
from listed
inner join ref_township on listed.township_code = ref_township.township_code
inner join planned_township as planned on listed.project = planned.project_id
where planned.is_open_list and not list_contains(planned.codes, listed.township_code)
group by listed.row_id, listed.project
