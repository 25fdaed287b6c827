-- A township's boundary does not move so much without a decision. Threshold: %.
select
    submission.row_id,
    'township_code' as field,
    ref_township.township_name as township,
    submission.area_m2 / 10000 as found,
    previous.area_m2 / 10000 as expected
from submission
inner join previous on submission.row_id = previous.row_id
inner join ref_township on submission.township_code = ref_township.township_code
where abs(submission.area_m2 - previous.area_m2) > previous.area_m2 * $threshold / 100
