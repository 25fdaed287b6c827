-- A value has its unit, where its item has one.
select
    submission.row_id,
    'item_unit' as field,
    null as found,
    item.measure_unit as expected,
    item.name_zh as item
from submission
inner join ref_ecology_item as item on submission.item_code = item.item_code
where item.measure_unit != '' and submission.item_unit is null
