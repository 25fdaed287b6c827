-- Every finding with the township that it concerns: that of the reporting unit, where its name ends in one.
select
    finding.submission_id,
    finding.finding_no,
    finding.rule_id,
    finding.severity,
    submission.dataset,
    finding.period,
    finding.reporting_unit,
    township.township_code,
    submission.received_at
from {{ ref('stg_finding') }} as finding
inner join {{ ref('stg_submission') }} as submission on finding.submission_id = submission.submission_id
left join {{ ref('township') }} as township on right(finding.reporting_unit, 9) = township.township_code
