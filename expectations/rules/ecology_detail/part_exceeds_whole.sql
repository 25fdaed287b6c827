-- What is a part of another item is no more than it, in one place and year.
select
    submission.row_id,
    'item_value' as field,
    submission.item_value as found,
    whole.item_value as expected,
    item.name_zh as item,
    whole_item.name_zh as whole
from submission
inner join ref_ecology_item as item on submission.item_code = item.item_code
inner join ref_ecology_item as whole_item on item.part_of = whole_item.item_code
inner join submission as whole
    on
        item.part_of = whole.item_code
        and submission.area = whole.area
        and submission.period = whole.period
        and submission.item_unit = whole.item_unit
where submission.item_value > whole.item_value
