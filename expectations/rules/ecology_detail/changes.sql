-- A figure of an amount does not change so much from year to year. Threshold: %.
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
    item.never_falls = 'false'
    and item.measure_unit in ('ha', 'm3')
    and submission.item_unit = previous.item_unit
    and abs(submission.item_value - previous.item_value) > previous.item_value * $threshold / 100
