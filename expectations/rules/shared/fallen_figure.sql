-- Cumulative figures of 进度月报 beside those of the latest earlier month: whether they fell, and whether 存在问题 begins with 核减 (it was
-- meant).
select
    submission_value.row_id,
    submission_value.field,
    submission_value.value as found,
    earlier.value as expected,
    earlier.value - submission_value.value as difference,
    round(earlier.value - submission_value.value, 6) > 0 as is_fallen,
    starts_with(coalesce(trim(submission.issues), ''), '核减') as is_explained
from submission_value
inner join earlier_value as earlier
    on submission_value.row_id = earlier.row_id and submission_value.field = earlier.field
inner join submission on submission_value.row_id = submission.row_id
inner join ref_field on submission_value.field = ref_field.field and ref_field.is_cumulative
