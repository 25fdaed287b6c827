-- Upgraded cropland is no worse than before: the first grade is the best.
select
    row_id,
    'grade_after' as field,
    grade_after as found,
    grade_before as expected
from submission
where grade_after::integer > grade_before::integer
