-- The plan upgrades cropland of medium and low quality.
select
    submission.row_id,
    'grade_before' as field,
    ref_cropland_grade.name_zh as found,
    null as expected
from submission
inner join ref_cropland_grade on submission.grade_before = ref_cropland_grade.grade
where ref_cropland_grade.quality = 'high'
