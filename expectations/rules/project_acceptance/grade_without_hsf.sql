-- Grades of cropland are those of cropland that was upgraded.
select
    row_id,
    case when grade_before is null then 'grade_after' else 'grade_before' end as field,
    coalesce(grade_before, grade_after) as found,
    hsf_mu as expected
from submission
where (grade_before is not null or grade_after is not null) and coalesce(hsf_mu, 0) = 0
