-- What was done with every sheet, row and column of every file.
select
    submission_id,
    item_no,
    sheet,
    part,
    kind,
    place,
    first_row,
    last_row,
    items,
    written,
    read_as,
    score,
    measure_unit
from {{ source('raw', 'reading_item') }}
