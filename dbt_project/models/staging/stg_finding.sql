-- Every finding of every file, in the words of its receipt.
select
    submission_id,
    finding_no,
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
