-- What was done with every sheet, row and column of every file, and which period was taken of those named.
select
    item.submission_id,
    item.item_no,
    submission.file_name,
    submission.dataset,
    dataset.title_zh as dataset_name,
    submission.received_at,
    item.sheet,
    item.part,
    item.kind,
    item.place,
    item.first_row,
    item.last_row,
    item.items,
    item.written,
    item.read_as,
    item.score,
    item.measure_unit
from {{ ref('stg_reading_item') }} as item
inner join {{ ref('stg_submission') }} as submission on item.submission_id = submission.submission_id
left join {{ ref('dataset') }} as dataset on submission.dataset = dataset.dataset
