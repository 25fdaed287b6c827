-- A site keeps its size. Threshold: %.
select
    submission.row_id,
    'declared_area_ha' as field,
    submission.subproject_id as project,
    submission.area_m2 / 10000 as found,
    previous.area_m2 / 10000 as expected
from submission
inner join previous on submission.row_id = previous.row_id
where abs(submission.area_m2 - previous.area_m2) > previous.area_m2 * $threshold / 100
