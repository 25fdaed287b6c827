-- A village lies in one of the project's townships.
select
    submission.row_id,
    'village' as field,
    'township_codes' as against_field,
    place.village as found,
    named.township_name as expected
from submission
inner join named_village as place on submission.row_id = place.row_id
inner join ref_township as named on place.township_code = named.township_code
where not list_contains(submission.township_codes, place.township_code)
