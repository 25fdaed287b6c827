-- The places of a key area are those that the plan names in it.
with named as (
    select
        element_code as key_area_code,
        place
    from ref_plan_place_mention
    where section = 'key_area'
    union
    select
        key_area_code,
        village_name as place
    from ref_plan_key_area_village
)

select
    submission.row_id,
    'place' as field,
    submission.place as found,
    string_agg(named.place, '、') as expected
from submission
inner join named on submission.key_area_code = named.key_area_code
group by submission.row_id, submission.place
having not list_contains(list(named.place), submission.place)
