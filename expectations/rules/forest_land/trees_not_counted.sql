-- By the survey's definition, 乔木林地 is forest and 其他林地 is none.
select
    row_id,
    'is_forest' as field,
    land_class_name as found,
    is_forest as expected
from submission
where land_class_name = '乔木林地' and not is_forest
