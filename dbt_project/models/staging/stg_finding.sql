-- Everything found in every file, in the words that its sender got.
select
    submission_id,
    rule_id,
    severity,
    reporting_unit,
    period,
    sheet,
    cell,
    feature,
    field,
    found,
    expected,
    message,
    remedy,
    message_en,
    remedy_en,
    lon,
    lat,
    lifted_by
from {{ source('raw', 'finding') }}
