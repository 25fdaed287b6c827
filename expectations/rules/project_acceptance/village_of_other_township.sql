-- A village lies in the township that was accepted.
select
    submission.row_id,
    'village' as field,
    'township_code' as against_field,
    place.village as found,
    named.township_name as expected,
    own.township_name as township
from submission
inner join named_village as place on submission.row_id = place.row_id
inner join ref_township as named on place.township_code = named.township_code
inner join ref_township as own on submission.township_code = own.township_code
where place.township_code != submission.township_code
