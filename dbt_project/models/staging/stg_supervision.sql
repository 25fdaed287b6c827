-- 监督检查记录: the rows in force, periods as dates.
select
    submission_id,
    accepted_at,
    row_id,
    sheet,
    row_no,
    reporting_unit,
    period,
    inspected_on as starts_on,
    inspected_on as ends_on,
    inspection_no,
    project_id,
    township_code,
    inspected_on,
    item,
    finding,
    severity,
    rectify_due,
    rectified_on,
    responsible_unit,
    reinspected_on,
    reinspection_result
from {{ source('raw', 'supervision') }}
