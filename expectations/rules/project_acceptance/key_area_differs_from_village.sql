-- A village that the plan names lies in the key area for which it names it.
select
    submission.row_id,
    'key_area_code' as field,
    named.village,
    given.key_area_name as found,
    area.key_area_name as expected
from submission
inner join named_village as named on submission.row_id = named.row_id
inner join ref_plan_key_area_village as planned
    on
        regexp_replace(named.village, '村$', '') = regexp_replace(planned.village_name, '村$', '')
        or named.village in (planned.village_code_2020, planned.village_code_2021)
inner join ref_plan_key_area as area on planned.key_area_code = area.key_area_code
inner join ref_plan_key_area as given on submission.key_area_code = given.key_area_code
where submission.key_area_code != planned.key_area_code
