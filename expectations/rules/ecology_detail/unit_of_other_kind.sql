-- A value is in a unit of its item's kind, and an item without a unit (a class) has none.
select
    submission.row_id,
    'item_unit' as field,
    submission.item_unit as found,
    coalesce(nullif(item.measure_unit, ''), '不填') as expected,
    item.name_zh as item
from submission
inner join ref_ecology_item as item on submission.item_code = item.item_code
where
    submission.item_unit is not null
    and case when submission.item_unit in ('mu', 'km2') then 'ha' else submission.item_unit end != item.measure_unit
