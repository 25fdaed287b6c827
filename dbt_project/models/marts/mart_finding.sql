-- Everything found in every submission, with its place in the file.
select
    finding.submission_id,
    submission.file_name,
    submission.dataset,
    submission.received_at,
    finding.rule_id,
    case left(finding.lifted_by, 1) when 'W' then 'waived' when 'D' then 'confirmed' else finding.severity end as severity,
    finding.lifted_by,
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
