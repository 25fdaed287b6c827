-- A value lies within what its item can have.
select
    submission.row_id,
    'item_value' as field,
    submission.item_value as found,
    item.least || '—' || item.most as expected,
    item.name_zh as item
from submission
inner join ref_ecology_item as item on submission.item_code = item.item_code
where
    item.most != ''
    and (submission.item_value < try_cast(item.least as double) or submission.item_value > try_cast(item.most as double))
