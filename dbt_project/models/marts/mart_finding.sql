-- Everything found in every submission, with its place in the file.
select
    finding.submission_id,
    submission.file_name,
    submission.dataset,
    submission.received_at,
    finding.rule_id,
    finding.severity,
    finding.reporting_unit,
    finding.period,
    finding.sheet,
    finding.cell,
    finding.feature,
    finding.field,
    finding.found,
    finding.expected,
    finding.message,
    finding.remedy,
    finding.lon,
    finding.lat
from {{ ref('stg_finding') }} as finding
inner join {{ ref('stg_submission') }} as submission on finding.submission_id = submission.submission_id
