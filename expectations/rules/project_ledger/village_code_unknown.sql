-- A village's code begins with the district's, of today or of before 2018. Threshold: digits that it has.
with counties as (
    select left(township_code, 6) as county_code from ref_township
    union
    select left(old_code, 6) as county_code from ref_township_succession
)

select
    row_id,
    'village' as field,
    village as found,
    $threshold as expected
from named_village
where is_code and not (length(village) = $threshold and left(village, 6) in (select counties.county_code from counties))
