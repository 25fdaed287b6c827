-- Figures that count from the beginning, and rates that the plan wants to raise, do not fall.
select
    submission.row_id,
    'item_value' as field,
    submission.item_value as found,
    previous.item_value as expected,
    item.name_zh as item
from submission
inner join ref_ecology_item as item on submission.item_code = item.item_code
inner join previous on submission.row_id = previous.row_id
where
    item.never_falls = 'true'
    and submission.item_unit is not distinct from previous.item_unit
    and submission.item_value < previous.item_value
