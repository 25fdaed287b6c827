-- What the plan names is of the kind that the plan says.
select
    submission.row_id,
    'pattern_kind' as field,
    submission.element_name as element,
    submission.pattern_kind as found,
    replace(statement.kind, 'pattern_', '') as expected
from submission
inner join ref_plan_statement as statement
    on
        submission.element_name = statement.text_zh
        and statement.kind in ('pattern_belt', 'pattern_screen', 'pattern_corridor', 'pattern_patch')
where 'pattern_' || submission.pattern_kind != statement.kind
