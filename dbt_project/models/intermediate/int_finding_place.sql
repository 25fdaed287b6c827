-- Every finding with the township that it concerns: the unit's, where its name tells one.
select
    finding.submission_id,
    finding.rule_id,
    finding.severity,
    coalesce(submission.dataset, '') as dataset,
    coalesce(finding.period, '') as period,
    finding.reporting_unit,
    coalesce(township.township_code, '') as township_code,
    submission.received_at
from {{ ref('stg_finding') }} as finding
inner join {{ ref('stg_submission') }} as submission on finding.submission_id = submission.submission_id
left join {{ ref('township') }} as township on right(finding.reporting_unit, 9) = township.township_code
