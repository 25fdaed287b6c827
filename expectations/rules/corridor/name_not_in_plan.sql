-- Corridors, screens and patches have the names that the plan gives them; its list of corridors is open (等).
select
    row_id,
    'element_name' as field,
    element_name as found,
    null as expected
from submission
where
    element_name not in (
        select planned.text_zh
        from ref_plan_statement as planned
        where planned.kind in ('pattern_belt', 'pattern_screen', 'pattern_corridor', 'pattern_patch')
    )
