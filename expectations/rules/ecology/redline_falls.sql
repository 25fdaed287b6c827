-- The red line is not reduced without an approval. Threshold: km2.
select
    submission.row_id,
    'redline_area_km2' as field,
    submission.redline_area_km2 as found,
    previous.redline_area_km2 as expected
from submission
inner join previous on submission.row_id = previous.row_id
where round(previous.redline_area_km2 - submission.redline_area_km2, 6) > $threshold
